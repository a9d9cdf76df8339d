import type { StartResponse, WSGIResponse } from '../types.ts';
import type { Transport } from './transport.ts';

const TRANSPORT = Symbol('transport');
const DELEGATE = Symbol('delegate');

interface TiedStartResponse extends StartResponse {
  [TRANSPORT]?: Transport;
}

/** A response that can be made on the server's transport itself, in place of blocks. */
export interface Delegated {
  /** Makes it. What it returns is over with the response; it throws, or rejects with, what failed. */
  [DELEGATE](): void | Promise<void>;
}

export { DELEGATE };

/** Lets `transportOf()` tell to whom a `startResponse()` leads. */
export function tie(startResponse: StartResponse, transport: Transport): void {
  (startResponse as TiedStartResponse)[TRANSPORT] = transport;
}

/** The server's way to the client, unless a middleware has a `startResponse()` of its own in between. */
export function transportOf(startResponse: StartResponse): Transport | undefined {
  return (startResponse as TiedStartResponse)[TRANSPORT];
}

/** Whether this came to the server as it was returned. A middleware that wants its blocks returns something else. */
export function isDelegated(response: WSGIResponse): response is WSGIResponse & Delegated {
  return typeof response === 'object' && response !== null && DELEGATE in response;
}
