import type { ServerResponse } from 'node:http';
import { endRequest } from '../../node-internals/end-request.ts';
import { isLengthless } from '../../wsgi/bodyless-status.ts';

type End = (...args: unknown[]) => ServerResponse;

const ENDED = Symbol('ended');

interface EndingResponse extends ServerResponse {
  [ENDED]?: () => void;
}

/**
 * Makes the end of a response also end its request, which has no body. The method is an own property of the response,
 * in the same way as the `end()` of a middleware that replaces it later and calls it.
 */
export function endWithRequest(response: ServerResponse): void {
  (response as { end: End }).end = end;
}

/** Calls a listener when the handler has ended the response. Its data may not be sent completely yet. */
export function onceEnded(response: ServerResponse, listener: () => void): void {
  (response as EndingResponse)[ENDED] = listener;
  if (response.writableEnded) listener();
}

function end(this: EndingResponse, ...args: unknown[]): ServerResponse {
  endRequest(this.req);
  // Middleware for CORS sets a Content-Length of 0 for a 204.
  if (isLengthless(this.statusCode) && !this.headersSent) this.removeHeader('content-length');
  const { end: nodeEnd }: { end: End } = Object.getPrototypeOf(this);
  nodeEnd.apply(this, args);
  this[ENDED]?.();
  return this;
}
