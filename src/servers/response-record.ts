import { joinedValue } from '../wsgi/header-list.ts';
import type { Environ } from '../wsgi/types.ts';
import type { ServerTransport } from './server-transport.ts';

/** The facts about a finished response, for logs. The less common facts are computed on demand. */
export interface ResponseRecord {
  readonly method: string;
  /** The request target as it was sent. */
  readonly target: string;
  readonly httpVersion: string;
  /** The status; 0 if the client disconnected before there was one. */
  readonly status: number;
  /** The bytes of the body, without headers and framing. */
  readonly bytes: number;
  readonly durationMs: number;
  /** The client's address if a trusted proxy has sent it, otherwise the peer's. */
  readonly remoteAddress: string | undefined;
  /** Whether the response was cut, by the client or by the server. */
  readonly isAborted: boolean;
  /** The environ of the application, with its changes. Undefined for a refused request. */
  readonly environ: Environ | undefined;
  /** A header of the request, as it was sent. @param name in lower case */
  requestHeader(name: string): string | undefined;
  /** A header of the response, set by the application or by the server instead of it. @param name in lower case */
  responseHeader(name: string): string | undefined;
}

/** The record of a response that a transport has sent. */
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
