import type { Environ, Header, StartResponse, WSGIResponse } from '../wsgi/types.ts';
import { BodyReader } from './body-reader.ts';
import { logError } from './error-log.ts';
import { REASON_PHRASES } from './reason-phrases.ts';
import { type RequestContext, runFor } from './request-context.ts';
import { requestFinished } from './signals.ts';

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
export async function openResponse(response: Response): Promise<OpenedResponse> {
  const { status, statusText } = response;
  // Iterating over Headers gives each Set-Cookie by itself.
  const head = { status, statusText, headers: [...response.headers] };
  if (response.body === null) return { ...head, first: undefined, rest: undefined };
  const reader = new BodyReader(response.body);
  const first = await reader.read();
  const isWhole = first === undefined || (await reader.isAtEnd());
  return { ...head, first, rest: isWhole ? undefined : reader };
}

/** Answers a WSGI server with a response. The iterable's `close()` ends the request. */
export async function sendResponse(
  opened: OpenedResponse,
  context: RequestContext,
  startResponse: StartResponse,
): Promise<WSGIResponse> {
  const { status, statusText, first, rest } = opened;
  const { environ } = context;
  const close = closer(rest, context);
  try {
    startResponse(
      `${status} ${statusText || REASON_PHRASES[status] || 'Unknown'}`,
      headersOf(opened, environ),
    );
  } catch (error) {
    await close();
    throw error;
  }
  if (environ.REQUEST_METHOD === 'HEAD' || first === undefined) return Object.assign([], { close });
  if (rest === undefined) return Object.assign([first], { close });
  return Object.assign(blocks(first, rest, context), { close });
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
function closer(rest: BodyReader | undefined, context: RequestContext): () => Promise<void> {
  let isClosed = false;
  return async function close() {
    if (isClosed) return;
    isClosed = true;
    await runFor(context, finish, { rest, context });
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
