import { joinedValue } from '../../wsgi/header-list.ts';
import type { Environ } from '../../wsgi/types.ts';
import type { ResponseRecord } from '../response-record.ts';
import type { HttpTransport } from './transport.ts';

/** The record of a response over HTTP. */
export class HttpResponseRecord implements ResponseRecord {
  readonly method: string;
  readonly target: string;
  readonly httpVersion: string;
  readonly status: number;
  readonly bytes: number;
  readonly durationMs: number;
  readonly remoteAddress: string | undefined;
  readonly isAborted: boolean;
  readonly #transport: HttpTransport;

  constructor(transport: HttpTransport, durationMs: number) {
    const { request } = transport;
    this.method = request.method ?? '';
    this.target = request.url ?? '';
    this.httpVersion = request.httpVersion;
    this.status = transport.status;
    this.bytes = transport.bytesSent;
    this.durationMs = durationMs;
    this.remoteAddress = transport.clientAddress ?? transport.connection.remoteAddress;
    this.isAborted = !transport.isComplete;
    this.#transport = transport;
  }

  get environ(): Environ | undefined {
    return this.#transport.environ;
  }

  requestHeader(name: string): string | undefined {
    const value = this.#transport.request.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  responseHeader(name: string): string | undefined {
    return joinedValue(this.#transport.headers, name);
  }
}
