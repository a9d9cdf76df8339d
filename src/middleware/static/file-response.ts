import type { Environ, Header, StartResponse, WSGIResponse } from '../../wsgi/types.ts';
import { type Coding, chooseCoding } from './choose-coding.ts';
import { conditionalStatus, requestedRange } from './conditions.ts';
import { closeFile, fileBlocks, openUnchanged } from './file-blocks.ts';
import type { StaticFile } from './static-folders.ts';

/** The options for sending a file. */
interface FileDelivery {
  readonly file: StaticFile;
  readonly cacheControl: string;
}

const STATUSES = {
  200: '200 OK',
  206: '206 Partial Content',
  304: '304 Not Modified',
  412: '412 Precondition Failed',
  416: '416 Range Not Satisfiable',
} as const;

/**
 * Answers a GET or HEAD request with a file.
 *
 * @returns undefined if the file has changed since it was checked. `startResponse()` was then not called.
 */
export function respondWithFile(
  environ: Environ,
  startResponse: StartResponse,
  { file: plain, cacheControl }: FileDelivery,
): WSGIResponse | Promise<WSGIResponse | undefined> {
  // A range always refers to the uncompressed file, since the client has another range of that.
  const coding =
    environ.HTTP_RANGE === undefined
      ? chooseCoding(environ.HTTP_ACCEPT_ENCODING, [...plain.codings.keys()])
      : undefined;
  const file = coding === undefined ? plain : plain.codings.get(coding)!;
  const headers = headersOf(file, plain, coding, cacheControl);
  const status = conditionalStatus(environ, file);
  if (status !== undefined) return respondEmpty(startResponse, status, headers);
  const range = environ.REQUEST_METHOD === 'GET' ? requestedRange(environ, file.size, file) : undefined;
  if (range === 'unsatisfiable') {
    return respondEmpty(startResponse, 416, [...headers, ['Content-Range', `bytes */${file.size}`]]);
  }
  const { start, end } = range ?? { start: 0, end: file.size - 1 };
  const length = end - start + 1;
  headers.push(['Content-Type', file.type], ['Content-Length', String(length)]);
  if (range) headers.push(['Content-Range', `bytes ${start}-${end}/${file.size}`]);
  const line = STATUSES[range ? 206 : 200];
  if (environ.REQUEST_METHOD === 'HEAD' || length === 0) {
    startResponse(line, headers);
    return [];
  }
  if (file.content !== undefined) {
    startResponse(line, headers);
    return [range ? file.content.subarray(start, end + 1) : file.content];
  }
  return respondWithBlocks(file, { start, length }, () => startResponse(line, headers));
}

async function respondWithBlocks(
  file: StaticFile,
  { start, length }: { readonly start: number; readonly length: number },
  begin: () => void,
): Promise<WSGIResponse | undefined> {
  const descriptor = await openUnchanged(file);
  if (descriptor === undefined) return undefined;
  try {
    begin();
  } catch (error) {
    await closeFile(descriptor);
    throw error;
  }
  return fileBlocks(descriptor, start, length);
}

function respondEmpty(
  startResponse: StartResponse,
  status: 304 | 412 | 416,
  headers: readonly Header[],
): WSGIResponse {
  startResponse(STATUSES[status], status === 304 ? headers : [...headers, ['Content-Length', '0']]);
  return [];
}

function headersOf(
  { etag, lastModified }: StaticFile,
  { codings }: StaticFile,
  coding: Coding | undefined,
  cacheControl: string,
): Header[] {
  const headers: Header[] = [
    ['ETag', etag],
    ['Last-Modified', lastModified],
    ['Cache-Control', cacheControl],
    ['Accept-Ranges', 'bytes'],
    ['X-Content-Type-Options', 'nosniff'],
  ];
  if (codings.size > 0) headers.push(['Vary', 'Accept-Encoding']);
  if (coding !== undefined) headers.push(['Content-Encoding', coding]);
  return headers;
}
