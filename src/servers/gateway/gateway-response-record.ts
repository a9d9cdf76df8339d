import { cgiName } from '../../wsgi/environ/cgi-names.ts';
import { joinedValue } from '../../wsgi/header-list.ts';
import type { Environ } from '../../wsgi/types.ts';
import type { ResponseRecord } from '../response-record.ts';
import type { GatewayTransport } from './gateway-transport.ts';

/** The record of a response to a web server. */
export class GatewayResponseRecord implements ResponseRecord {
  readonly status: number;
  readonly bytes: number;
  readonly durationMs: number;
  readonly isAborted: boolean;
  readonly #transport: GatewayTransport;

  constructor(transport: GatewayTransport, durationMs: number) {
    this.status = transport.status;
    this.bytes = transport.bytesSent;
    this.durationMs = durationMs;
    this.isAborted = !transport.isComplete;
    this.#transport = transport;
  }

  get method(): string {
    return this.#transport.method;
  }

  get target(): string {
    return this.#transport.target;
  }

  get httpVersion(): string {
    return (this.#variable('SERVER_PROTOCOL') ?? '').replace('HTTP/', '');
  }

  get remoteAddress(): string | undefined {
    return this.#transport.client;
  }

  get environ(): Environ | undefined {
    return this.#transport.environ;
  }

  requestHeader(name: string): string | undefined {
    const key = cgiName(name);
    return key && this.#variable(key);
  }

  responseHeader(name: string): string | undefined {
    return joinedValue(this.#transport.headers, name);
  }

  #variable(name: string): string | undefined {
    const value = this.#transport.environ?.[name];
    return typeof value === 'string' ? value : undefined;
  }
}
