import { joinedValue } from '../wsgi/header-list.ts';
import type { Environ } from '../wsgi/types.ts';
import type { ServerTransport } from './server-transport.ts';

/** The facts about a response that is over, for logs. The less common ones are computed on demand. */
export interface ResponseRecord {
  readonly method: string;
  /** The request target as it was sent. */
  readonly target: string;
  readonly httpVersion: string;
  /** 0 when the client went away before there was one. */
  readonly status: number;
  /** The bytes of the body, without headers and framing. */
  readonly bytes: number;
  readonly durationMs: number;
  /** The client's, where a proxy that is believed has said it, else the peer's. */
  readonly remoteAddress: string | undefined;
  /** True when the response broke off, by the client or by the server. */
  readonly isAborted: boolean;
  /** The environ of the application, with its changes. Undefined for a refused request. */
  readonly environ: Environ | undefined;
  /** A header of the request, as it was sent. @param name in lower case */
  requestHeader(name: string): string | undefined;
  /** A header that the application, or the server in its place, gave the response. @param name in lower case */
  responseHeader(name: string): string | undefined;
}

/** The record of what a transport has sent. */
export class TransportRecord implements ResponseRecord {
  readonly method: string;
  readonly target: string;
  readonly httpVersion: string;
  readonly status: number;
  readonly bytes: number;
  readonly durationMs: number;
  readonly remoteAddress: string | undefined;
  readonly isAborted: boolean;
  readonly #transport: ServerTransport;

  constructor(transport: ServerTransport, durationMs: number) {
    this.method = transport.method;
    this.target = transport.target;
    this.httpVersion = transport.httpVersion;
    this.status = transport.status;
    this.bytes = transport.bytesSent;
    this.durationMs = durationMs;
    this.remoteAddress = transport.client;
    this.isAborted = !transport.isComplete;
    this.#transport = transport;
  }

  get environ(): Environ | undefined {
    return this.#transport.environ;
  }

  requestHeader(name: string): string | undefined {
    return this.#transport.requestHeader(name);
  }

  responseHeader(name: string): string | undefined {
    return joinedValue(this.#transport.headers, name);
  }
}
