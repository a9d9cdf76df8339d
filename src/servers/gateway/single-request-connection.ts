import type { Socket } from 'node:net';
import type { AcceptedHandle } from '../../node-internals/sockets/accepted-handle.ts';
import { resetSocket } from '../../node-internals/sockets/reset-socket.ts';
import { latin1Text } from '../../text/latin1-text.ts';
import { ClientDisconnected } from '../../wsgi/errors.ts';
import type { Header } from '../../wsgi/types.ts';
import { HttpRefusal } from '../http/request/refusal.ts';
import { SMALL_BLOCK_BYTES } from '../server-transport.ts';
import { GatewayEnvirons } from './environ.ts';
import { GatewayConnection, type GatewayHost } from './gateway-connection.ts';
import type { GatewayProtocol } from './gateway-protocol.ts';
import { GatewayTransport } from './gateway-transport.ts';
import type { GatewayVariables } from './gateway-variables.ts';
import { HeadBytes } from './head-bytes.ts';

/** The format of heads in a protocol with one request per connection. Both functions throw `HttpRefusal`. */
interface HeadCodec {
  /** The size of a head, as soon as its first bytes contain it. */
  sizeOf(bytes: Buffer, limit: number): number | undefined;
  /** The variables of a request, or the answer to a query that needs no application. */
  parse(head: Buffer): GatewayVariables | Uint8Array;
  /** The head of a response. */
  responseHead(status: number, reason: string, headers: readonly Header[]): string;
}

/** A protocol with one request per connection. Its connections share the caches. */
export function singleRequests(host: GatewayHost, codec: HeadCodec): GatewayProtocol {
  const environs = new GatewayEnvirons();
  const open = (source: Socket | AcceptedHandle) =>
    new SingleRequestConnection(source, host, codec, environs);
  return { open, openHandle: open };
}

/** A connection for one request. The end of the connection is the end of the response. */
class SingleRequestConnection extends GatewayConnection {
  readonly codec: HeadCodec;
  readonly #head: HeadBytes;
  #request: SingleRequestTransport | undefined;

  constructor(
    source: Socket | AcceptedHandle,
    host: GatewayHost,
    codec: HeadCodec,
    environs: GatewayEnvirons,
  ) {
    super(source, host, environs);
    this.codec = codec;
    this.#head = new HeadBytes((bytes) => codec.sizeOf(bytes, host.limits.head));
  }

  protected get isPartial(): boolean {
    return this.#head.length > 0 && this.#request === undefined;
  }

  protected override get isReceived(): boolean {
    return this.#request?.isRequestReceived ?? false;
  }

  protected received(bytes: Buffer): void {
    if (this.#request !== undefined) {
      this.#request.receiveBody(bytes);
      return;
    }
    try {
      const whole = this.#head.add(bytes);
      if (whole !== undefined) this.#receivedHead(this.codec.parse(whole.head), whole.rest);
    } catch (error) {
      if (!(error instanceof HttpRefusal)) throw error;
      this.#request = new SingleRequestTransport(this);
      this.refuse(this.#request, error);
    }
  }

  #receivedHead(found: GatewayVariables | Uint8Array, rest: Buffer): void {
    if (found instanceof Uint8Array) {
      this.socket.write(found);
      this.answered();
      return;
    }
    const transport = new SingleRequestTransport(this);
    this.#request = transport;
    this.begin(transport, found);
    if (transport.environ?.CONTENT_LENGTH === undefined) transport.expectBody(0);
    transport.receiveBody(rest);
  }

  /**
   * Cuts with a reset. A web server would treat a regular end of the connection as the end of a complete response,
   * unless there is a Content-Length. A unix socket has no reset.
   */
  cut(transport: GatewayTransport): void {
    transport.disconnected(new ClientDisconnected('The response broke off.'));
    resetSocket(this.socket);
  }

  /** Called when the whole response is sent. The end of the connection marks its end. */
  answered(): void {
    this.isEnding = true;
    this.endWhenAnswered();
  }
}

class SingleRequestTransport extends GatewayTransport {
  declare readonly connection: SingleRequestConnection;

  protected headOf(status: number, reason: string, headers: readonly Header[]): string {
    return this.connection.codec.responseHead(status, reason, headers);
  }

  protected send(head: string, block: Uint8Array | string | undefined, isLast: boolean): void {
    const { connection } = this;
    if (block === undefined || block.length <= SMALL_BLOCK_BYTES) {
      connection.sendText(head + textOf(block));
    } else {
      const { socket } = connection;
      socket.cork();
      if (head !== '') socket.write(head, 'latin1');
      socket.write(block);
      socket.uncork();
    }
    if (isLast) connection.answered();
  }
}

function textOf(block: Uint8Array | string = ''): string {
  return typeof block === 'string' ? block : latin1Text(block);
}
