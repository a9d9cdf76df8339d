import type { Transport } from './transport.ts';
import type { StartResponse, WSGIResponse } from './types.ts';

const TRANSPORT = Symbol('transport');
const HAND_OVER = Symbol('handOver');

interface TiedStartResponse extends StartResponse {
  [TRANSPORT]?: Transport;
}

/** A response that can be made by other means than blocks, those that `transportOf()` told of. */
export interface HandedOver {
  /** Makes it. What it returns is over with the response; it throws, or rejects with, what failed. */
  [HAND_OVER](): void | Promise<void>;
}

export { HAND_OVER };

/** Lets `transportOf()` tell to whom a `startResponse()` leads. */
export function tie(startResponse: StartResponse, transport: Transport): void {
  (startResponse as TiedStartResponse)[TRANSPORT] = transport;
}

/** The server's way to the client, unless a middleware has a `startResponse()` of its own in between. */
export function transportOf(startResponse: StartResponse): Transport | undefined {
  return (startResponse as TiedStartResponse)[TRANSPORT];
}

/** Whether this came to the server as it was returned. A middleware that wants its blocks returns something else. */
export function isHandedOver(response: WSGIResponse): response is WSGIResponse & HandedOver {
  return typeof response === 'object' && response !== null && HAND_OVER in response;
}
