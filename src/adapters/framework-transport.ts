import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpConnection } from '../servers/http-connection.ts';
import { HttpTransport, type TransportOptions } from '../servers/http-transport.ts';
import type { Header } from '../wsgi/types.ts';

/** The way to a client through a framework, which may have set headers and read the request before. */
export class FrameworkTransport extends HttpTransport {
  #hasPulled = false;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    connection: HttpConnection,
    options: TransportOptions,
  ) {
    super(request, response, connection, false, options);
    if (response.destroyed) this.isDisconnected = true;
    response.once('close', () => {
      if (!this.isComplete) this.disconnected();
    });
  }

  override pull(): Uint8Array | null | Promise<Uint8Array | null> {
    const { request } = this;
    if (!this.#hasPulled && request.readableDidRead) {
      const message =
        "The request's body was read before the application could: something of the framework's, such as a body " +
        'parser, came first. Mount the application before it.';
      return Promise.reject(new Error(message));
    }
    this.#hasPulled = true;
    return super.pull();
  }

  /** What the application sets takes the place of what the framework has set, but for cookies, which add up. */
  override start(status: number, reason: string, headers: readonly Header[]): void {
    const { response } = this;
    if (response.getHeaderNames().length === 0) {
      super.start(status, reason, headers);
      return;
    }
    this.status = status;
    const seen = new Set(['set-cookie']);
    for (const [name, value] of headers) {
      const lower = name.toLowerCase();
      if (seen.has(lower)) response.appendHeader(name, value);
      else response.setHeader(name, value);
      seen.add(lower);
    }
    response.writeHead(status, reason);
  }
}
