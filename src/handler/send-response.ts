import type { Environ, Header, StartResponse, WSGIResponse } from '../wsgi/types.ts';
import { BodyReader } from './body-reader.ts';
import { logError } from './error-log.ts';
import { type LightContent, LightResponse } from './http/light-response.ts';
import { REASON_PHRASES } from './reason-phrases.ts';
import { type RequestContext, runFor } from './request-context.ts';
import { requestFinished } from './signals.ts';

const encoder = new TextEncoder();

/** Node's Buffer takes a sixth of the time for a small text. Other runtimes have none. */
const encode: (text: string) => Uint8Array =
  globalThis.Buffer === undefined ? (text) => encoder.encode(text) : (text) => Buffer.from(text);

/** A response whose body has been begun, so that a body that fails at once can still become an error page. */
export interface OpenedResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly Header[];
  readonly first: Uint8Array | undefined;
  /** What comes after the first block; undefined when the body is known to end there. */
  readonly rest: BodyReader | undefined;
}

/** @throws what the body throws at its start. */
export function openResponse(response: Response): OpenedResponse | Promise<OpenedResponse> {
  const light = LightResponse.take(response);
  return light ? openLight(light) : openReal(response);
}

function openLight({ content, headers, type, status }: LightContent): OpenedResponse {
  const pairs: Header[] = headers === undefined ? [] : [...headers];
  if (type !== undefined) pairs.push(['content-type', type]);
  const first = typeof content === 'string' ? encode(content) : (content ?? undefined);
  return { status, statusText: '', headers: pairs, first, rest: undefined };
}

async function openReal(response: Response): Promise<OpenedResponse> {
  const { status, statusText, body } = response;
  // Iterating over Headers gives each Set-Cookie by itself.
  const headers = [...response.headers];
  if (body === null) return { status, statusText, headers, first: undefined, rest: undefined };
  const reader = new BodyReader(body);
  const first = await reader.read();
  const isWhole = first === undefined || (await reader.isAtEnd());
  return { status, statusText, headers, first, rest: isWhole ? undefined : reader };
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
    startResponse(
      `${status} ${statusText || REASON_PHRASES[status] || 'Unknown'}`,
      headersOf(opened, environ),
    );
  } catch (error) {
    return closeAndThrow(close, error);
  }
  if (environ.REQUEST_METHOD === 'HEAD' || first === undefined) return Object.assign([], { close });
  if (rest === undefined) return Object.assign([first], { close });
  return Object.assign(blocks(first, rest, context), { close });
}

async function closeAndThrow(close: () => void | Promise<void>, error: unknown): Promise<never> {
  await close();
  throw error;
}

function headersOf({ status, headers, first, rest }: OpenedResponse, environ: Environ): readonly Header[] {
  const isKnown = rest === undefined && !headers.some(([name]) => name.toLowerCase() === 'content-length');
  const mayHaveLength = first !== undefined || environ.REQUEST_METHOD !== 'HEAD';
  if (!isKnown || !mayHaveLength || status === 204 || status === 304) return headers;
  return [...headers, ['content-length', String(first?.length ?? 0)]];
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
    if (rest === undefined && !requestFinished.hasReceivers) return;
    return runFor(context, finish, { rest, context });
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
