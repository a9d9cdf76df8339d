import { type IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { HttpConnection } from '../connection/connection.ts';
import { HeaderNames } from './header-names.ts';

/** Node's types declare `headers` as a property, but it is an accessor. */
interface NodeRequest extends Omit<IncomingMessage, 'headers'> {
  headers: IncomingHttpHeaders;
}
const NodeRequest = IncomingMessage as unknown as new (socket: Socket) => NodeRequest;

/**
 * A request of our server. Its `headers` use cached names. Node 20 to 24 read them for every request, and Node's own
 * accessor converts each name again (`bench/wsgi.js headers`).
 */
export class ServerRequest extends NodeRequest {
  #names: HeaderNames | undefined;
  #headers: IncomingHttpHeaders | undefined;

  get headerNames(): HeaderNames {
    if (this.#names === undefined) {
      const connection = HttpConnection.of(this.socket);
      this.#names = HeaderNames.of(this.rawHeaders, connection?.headerNames);
      if (connection !== undefined) connection.headerNames = this.#names;
    }
    return this.#names;
  }

  override get headers(): IncomingHttpHeaders {
    this.#headers ??= this.#makeHeaders();
    return this.#headers;
  }

  override set headers(headers: IncomingHttpHeaders) {
    this.#headers = headers;
  }

  #makeHeaders(): IncomingHttpHeaders {
    const { isPlain, lower } = this.headerNames;
    if (!isPlain) return super.headers;
    const { rawHeaders } = this;
    const headers: IncomingHttpHeaders = {};
    for (let i = 0; i < lower.length; i++) headers[lower[i]!] = rawHeaders[i * 2 + 1]!;
    return headers;
  }
}
