import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpConnection } from '../servers/http-connection.ts';
import { HttpTransport, type TransportOptions } from '../servers/http-transport.ts';

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

  /** The framework has a say in the response. */
  override get canHandOver(): boolean {
    return false;
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
}
