import type { StartResponse, WSGIResponse } from '../types.ts';
import type { Transport } from './transport.ts';

const TRANSPORT = Symbol('transport');
const DELEGATE = Symbol('delegate');

interface TiedStartResponse extends StartResponse {
  [TRANSPORT]?: Transport;
}

/** A response that can be made directly with the server's transport, without blocks. */
export interface Delegated {
  /** Makes the response. The promise is fulfilled at its end. An error is thrown or rejected. */
  [DELEGATE](): void | Promise<void>;
}

export { DELEGATE };

/** Lets `transportOf()` find the transport of a `startResponse()`. */
export function tie(startResponse: StartResponse, transport: Transport): void {
  (startResponse as TiedStartResponse)[TRANSPORT] = transport;
}

/** The server's transport to the client; undefined if a middleware has passed its own `startResponse()`. */
export function transportOf(startResponse: StartResponse): Transport | undefined {
  return (startResponse as TiedStartResponse)[TRANSPORT];
}

/**
 * Whether the server has received the delegated response itself. A middleware that reads its blocks returns another
 * iterable.
 */
export function isDelegated(response: WSGIResponse): response is WSGIResponse & Delegated {
  return typeof response === 'object' && response !== null && DELEGATE in response;
}
