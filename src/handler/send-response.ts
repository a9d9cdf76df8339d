import type { BodyReader } from '../web/response/body-reader.ts';
import { headersOf, type OpenedResponse, wholeBody } from '../web/response/opened-response.ts';
import { statusLine } from '../web/response/status-line.ts';
import type { StartResponse, WSGIResponse } from '../wsgi/types.ts';
import { logError } from './errors/error-log.ts';
import type { RequestContext } from './request-context.ts';
import { leave, runFor } from './request-scope.ts';
import { requestFinished } from './signals.ts';

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
    startResponse(statusLine(status, statusText), headersOf(opened, environ.REQUEST_METHOD));
  } catch (error) {
    return closeAndThrow(close, error);
  }
  if (environ.REQUEST_METHOD === 'HEAD') return closable([], close);
  if (rest === undefined || first === undefined || typeof first === 'string') {
    return closable(wholeBody(first), close);
  }
  return closable(blocks(first, rest, context), close);
}

/** Without `Object.assign()`, which is slower and runs for each request. */
function closable(response: WSGIResponse, close: () => void | Promise<void>): WSGIResponse {
  response.close = close;
  return response;
}

async function closeAndThrow(close: () => void | Promise<void>, error: unknown): Promise<never> {
  await close();
  throw error;
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
  await rest?.cancel((error) => {
    logError(environ, 'The body of the response threw an error when it was cancelled:', error);
  });
  for (const error of await requestFinished.sendRobust({ sender: application.sender, environ })) {
    logError(environ, 'A receiver of requestFinished failed:', error);
  }
}
