import type { ServerResponse } from 'node:http';
import { endRequest } from '../../node-internals/end-request.ts';
import { isLengthless } from '../../wsgi/bodyless-status.ts';

type End = (...args: unknown[]) => ServerResponse;

const ENDED = Symbol('ended');

interface EndingResponse extends ServerResponse {
  [ENDED]?: () => void;
}

/**
 * Lets the end of a response end its request, which has no body. It is a property of the response's own, as the `end()`
 * of middleware is that comes later and calls this one.
 */
export function endWithRequest(response: ServerResponse): void {
  (response as { end: End }).end = end;
}

/** Calls a listener when such a response has been ended, which need not mean that all of it is sent. */
export function onceEnded(response: ServerResponse, listener: () => void): void {
  (response as EndingResponse)[ENDED] = listener;
  if (response.writableEnded) listener();
}

function end(this: EndingResponse, ...args: unknown[]): ServerResponse {
  endRequest(this.req);
  // Middleware for CORS sends a length of 0 with a 204.
  if (isLengthless(this.statusCode) && !this.headersSent) this.removeHeader('content-length');
  const { end: nodeEnd }: { end: End } = Object.getPrototypeOf(this);
  nodeEnd.apply(this, args);
  this[ENDED]?.();
  return this;
}
