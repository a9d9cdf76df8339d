import type { StartResponse, WSGIResponse } from '../types.ts';
import type { Transport } from './transport.ts';

const TRANSPORT = Symbol('transport');
const DELEGATE = Symbol('delegate');

interface TiedStartResponse extends StartResponse {
  [TRANSPORT]?: Transport;
}

/** A response that can be made on the server's transport itself, in place of blocks. */
export interface Delegated {
  /** Makes it. The promise is fulfilled at the end of the response. An error is thrown or rejected. */
  [DELEGATE](): void | Promise<void>;
}

export { DELEGATE };

/** Lets `transportOf()` find the transport of a `startResponse()`. */
export function tie(startResponse: StartResponse, transport: Transport): void {
  (startResponse as TiedStartResponse)[TRANSPORT] = transport;
}

/** The server's transport to the client; undefined where a middleware has passed a `startResponse()` of its own. */
export function transportOf(startResponse: StartResponse): Transport | undefined {
  return (startResponse as TiedStartResponse)[TRANSPORT];
}

/** Whether the server got this very object. A middleware that reads its blocks returns another iterable. */
export function isDelegated(response: WSGIResponse): response is WSGIResponse & Delegated {
  return typeof response === 'object' && response !== null && DELEGATE in response;
}
