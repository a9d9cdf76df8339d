import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { HttpConnection } from '../../servers/http/connection/connection.ts';
import { HttpTransport, type TransportOptions } from '../../servers/http/transport.ts';
import { bodyReadBefore } from '../body-read-before.ts';

/** The transport through a framework, which may have set headers and read the request before. */
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

  /** False, since the framework may change the response. */
  override get canDelegate(): boolean {
    return false;
  }

  /** The connection belongs to the framework. If a response that waits for its turn is destroyed, Node does nothing. */
  override abort(): void {
    const { response } = this;
    response.destroy();
    response.once('socket', (socket: Socket) => socket.destroy());
  }

  protected override refuseBody(): void {
    this.request.socket.destroy();
  }

  override pull(): Uint8Array | null | Promise<Uint8Array | null> {
    return this.#refusal() ?? super.pull();
  }

  override rest(): Promise<readonly Uint8Array[]> {
    return this.#refusal() ?? super.rest();
  }

  #refusal(): Promise<never> | undefined {
    if (this.#hasPulled || !this.request.readableDidRead) {
      this.#hasPulled = true;
      return undefined;
    }
    return Promise.reject(bodyReadBefore());
  }
}
