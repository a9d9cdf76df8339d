/**
 * The contract between a server and an application: PEP 3333, with two changes for JavaScript.
 * An application may return a promise, and the iterable that it returns may be asynchronous.
 */

/** One header of PEP 3333: a name and a value, both latin-1. */
export type Header = readonly [name: string, value: string];

/** PEP 3333's `exc_info`, a tuple of one: the error that made the application start its response again. */
export type ExcInfo = readonly [error: unknown];

/** PEP 3333's `write()`, for applications that cannot return an iterable. Resolves when the block is sent. */
export type Write = (block: Uint8Array) => Promise<void>;

/**
 * Begins the response. Nothing is sent before the first block that is not empty.
 *
 * @param status Three digits, a space and a reason: `200 OK`.
 * @param headers Names and values, in the order in which they are sent.
 * @param excInfo Only for an error response that replaces an earlier call. If the headers have been sent already, the
 *   error is thrown.
 */
export type StartResponse = (status: string, headers: readonly Header[], excInfo?: ExcInfo) => Write;

/**
 * Blocks of the body. They are not copied, so a block must not be changed later. The server calls `close()` exactly once:
 * after success, after an error, and after a disconnect.
 */
export type WSGIResponse = (Iterable<Uint8Array> | AsyncIterable<Uint8Array>) & {
  close?(): void | Promise<void>;
};

/**
 * A WSGI application: it begins the response by `startResponse()` and returns the blocks of the body, or a promise of
 * them. An error that it throws is answered with status 500.
 *
 * @example
 * import type { WSGIApplication } from 'startproject/wsgi';
 *
 * export const application: WSGIApplication = (environ, startResponse) => {
 *   startResponse('200 OK', [['Content-Type', 'text/plain']]);
 *   return [Buffer.from(`You asked for ${environ.PATH_INFO}`)];
 * };
 */
export type WSGIApplication = (
  environ: Environ,
  startResponse: StartResponse,
) => WSGIResponse | Promise<WSGIResponse>;

/**
 * The request's body: PEP 3333's input stream, asynchronous. At its end, reads return an empty array.
 *
 * `for await` yields blocks as they arrive, as for every stream of bytes in JavaScript. It does not yield lines, as in Python,
 * since a binary upload may be one long line. For lines there are `readline()` and `readlines()`.
 *
 * One read at a time: a second one before the end of the first is rejected.
 */
export interface WSGIInput extends AsyncIterable<Uint8Array> {
  /** Reads `size` bytes, fewer only at the end. Without `size`, or with a negative one, it reads the whole rest. */
  read(size?: number): Promise<Uint8Array>;
  /** Reads up to and including the next line feed, at most `size` bytes. */
  readline(size?: number): Promise<Uint8Array>;
  /** Reads lines until they have `hint` bytes in total; all lines without it. */
  readlines(hint?: number): Promise<Uint8Array[]>;
}

/** PEP 3333's error stream: text for the server's log. */
export interface WSGIErrors {
  write(text: string): void;
  writelines(lines: Iterable<string>): void;
  flush(): void;
}

/** The first kind of file for `wsgi.file_wrapper`: an object with `read(size)`, which returns nothing at the end. */
export interface FileLike {
  read(size?: number): Uint8Array | null | Promise<Uint8Array | null>;
  close?(): void | Promise<void>;
}

/** The second kind of file for `wsgi.file_wrapper`: a stream of blocks. A Node stream is closed by its `destroy()`. */
export interface FileStream extends AsyncIterable<Uint8Array> {
  close?(): void | Promise<void>;
  destroy?(): unknown;
}

/** Makes a response of a file, and closes the file. `blockSize` is the `size` of each `read()`. */
export type FileWrapper = (file: FileLike | FileStream, blockSize?: number) => WSGIResponse;

/**
 * The request: CGI variables and `wsgi.*` keys in a plain object, made anew for each request.
 * `HTTP_*` are the headers of the request. Servers and middleware may add keys in lower case with a dot.
 */
export interface Environ {
  REQUEST_METHOD: string;
  SCRIPT_NAME: string;
  /** Percent-decoded. Each byte is one latin-1 character. */
  PATH_INFO: string;
  /** The query as it was sent, without the question mark. */
  QUERY_STRING: string;
  CONTENT_TYPE?: string;
  CONTENT_LENGTH?: string;
  SERVER_NAME: string;
  SERVER_PORT: string;
  SERVER_PROTOCOL: string;
  REMOTE_ADDR?: string;
  REMOTE_PORT?: string;
  'wsgi.version': readonly [1, 0];
  'wsgi.url_scheme': 'http' | 'https';
  'wsgi.input': WSGIInput;
  'wsgi.errors': WSGIErrors;
  'wsgi.multithread': boolean;
  'wsgi.multiprocess': boolean;
  'wsgi.run_once': boolean;
  'wsgi.file_wrapper': FileWrapper;
  /** True: the input ends with the body, so reading to its end is safe, even for chunked bodies. */
  'wsgi.input_terminated': boolean;
  [http: `HTTP_${string}`]: string | undefined;
  [key: string]: unknown;
}
