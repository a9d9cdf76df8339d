import { encodeText, isAscii, TextBody } from '../wsgi/text-body.ts';
import type { Environ, Header, StartResponse, WSGIResponse } from '../wsgi/types.ts';
import { BodyReader } from './body-reader.ts';
import { logError } from './error-log.ts';
import { LightHeaders } from './http/light-headers.ts';
import { type LightContent, LightResponse } from './http/light-response.ts';
import { statusLine } from './reason-phrases.ts';
import { leave, type RequestContext, runFor } from './request-context.ts';
import { requestFinished } from './signals.ts';

/** A response whose body has been begun, so that a body that fails at once can still become an error page. */
export class OpenedResponse {
  readonly status: number;
  readonly statusText: string;
  /** With names in lower case. */
  readonly headers: Header[];
  /** A text is in ASCII, and all there is. */
  readonly first: Uint8Array | string | undefined;
  readonly rest: BodyReader | undefined;

  /** @param rest What comes after the first block; undefined when the body is known to end there. */
  constructor(
    status: number,
    statusText: string,
    headers: Header[],
    first: Uint8Array | string | undefined,
    rest?: BodyReader,
  ) {
    this.status = status;
    this.statusText = statusText;
    this.headers = headers;
    this.first = first;
    this.rest = rest;
  }
}

/** @throws what the body throws at its start. */
export function openResponse(response: Response): OpenedResponse | Promise<OpenedResponse> {
  return openAtOnce(response) ?? openBody(response, readerOf(response));
}

/** A response of `startproject/http`, of which all is there; undefined for others, which are left as they are. */
export function openAtOnce(response: Response): OpenedResponse | undefined {
  const light = LightResponse.take(response);
  return light && openLight(light);
}

function openLight({ content, headers, type, status }: LightContent): OpenedResponse {
  const pairs = headers === undefined ? [] : LightHeaders.pairsOf(headers);
  if (type !== undefined) pairs.push(['content-type', type]);
  const first =
    typeof content === 'string' && !isAscii(content) ? encodeText(content) : (content ?? undefined);
  return new OpenedResponse(status, '', pairs, first);
}

/** Undefined where there is no body. */
export function readerOf({ body }: Response): BodyReader | undefined {
  return body === null ? undefined : new BodyReader(body);
}

/** @throws what the body throws at its start. */
export async function openBody(response: Response, reader: BodyReader | undefined): Promise<OpenedResponse> {
  const { status, statusText } = response;
  // Iterating over Headers gives each Set-Cookie by itself.
  const headers = [...response.headers];
  const first = await reader?.read();
  const isWhole = first === undefined || (await reader?.isAtEnd());
  return new OpenedResponse(status, statusText, headers, first, isWhole ? undefined : reader);
}

/** Answers a WSGI server with a response. The iterable's `close()` ends the request. */
export function sendResponse(
  opened: OpenedResponse,
  context: RequestContext,
  startResponse: StartResponse,
): WSGIResponse | Promise<WSGIResponse> {
  const { status, statusText, first, rest } = opened;
  const { environ } = context;
  const close = closer(rest, context);
  try {
    startResponse(statusLine(status, statusText), headersOf(opened, environ));
  } catch (error) {
    return closeAndThrow(close, error);
  }
  if (environ.REQUEST_METHOD === 'HEAD') return closable([], close);
  if (rest === undefined || first === undefined || typeof first === 'string') {
    return closable(wholeBody(first), close);
  }
  return closable(blocks(first, rest, context), close);
}

/** What an application returns of a body that is all there. */
export function wholeBody(body: Uint8Array | string | undefined): WSGIResponse {
  if (typeof body === 'string') return new TextBody(body);
  return body === undefined ? [] : [body];
}

/** As `Object.assign()`, in a tenth of the time. */
function closable(response: WSGIResponse, close: () => void | Promise<void>): WSGIResponse {
  response.close = close;
  return response;
}

async function closeAndThrow(close: () => void | Promise<void>, error: unknown): Promise<never> {
  await close();
  throw error;
}

/** Those of the response, and the length of its body where that is known. */
export function headersOf(
  { status, headers, first, rest }: OpenedResponse,
  environ: Environ,
): readonly Header[] {
  const mayHaveLength = first !== undefined || environ.REQUEST_METHOD !== 'HEAD';
  if (rest !== undefined || !mayHaveLength || status === 204 || status === 304) return headers;
  for (const [name] of headers) if (name === 'content-length') return headers;
  headers.push(['content-length', String(first?.length ?? 0)]);
  return headers;
}

async function* blocks(
  first: Uint8Array,
  rest: BodyReader,
  context: RequestContext,
): AsyncGenerator<Uint8Array> {
  for (let block: Uint8Array | undefined = first; block; block = await runFor(context, readBlock, rest)) {
    yield block;
  }
}

function readBlock(body: BodyReader): Promise<Uint8Array | undefined> {
  return body.read();
}

/** Servers must call `close()` once; some middleware calls it again. */
function closer(rest: BodyReader | undefined, context: RequestContext): () => void | Promise<void> {
  let isClosed = false;
  return function close() {
    if (isClosed) return;
    isClosed = true;
    try {
      if (rest === undefined && !requestFinished.hasReceivers) return;
      return runFor(context, finish, { rest, context });
    } finally {
      leave(context);
    }
  };
}

interface Finishing {
  readonly rest: BodyReader | undefined;
  readonly context: RequestContext;
}

async function finish({ rest, context: { application, environ } }: Finishing): Promise<void> {
  try {
    await rest?.cancel();
  } catch (error) {
    logError(environ, 'The body of the response failed as it was cancelled:', error);
  }
  for (const error of await requestFinished.sendRobust({ sender: application.sender, environ })) {
    logError(environ, 'A receiver of requestFinished failed:', error);
  }
}
