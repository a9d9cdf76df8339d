import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { listenOn, type SocketAddress } from '../../arbiter/listening-socket.ts';
import { dropPeeked, PEEKED, peekBytes } from '../../servers/peek-bytes.ts';

/** A connection whose client has sent its first bytes. */
export interface ReadyConnection {
  readonly socket: Socket;
  /** The bytes that have been read. Further bytes are read only after `resume()`. */
  readonly head: Buffer;
  /** Continues reading, for a connection that is not dispatched. */
  resume(): void;
}

/** The time limit for the first bytes of a client. It is the same as for the head of a request. */
const SILENCE_TIMEOUT_MS = 60_000;

/**
 * Owns the listening socket. It passes a connection on when its first bytes have arrived. Then every earlier save is
 * older than the request. The accept does not prove that, since browsers open connections in advance.
 */
export class FirstBytesListener {
  readonly #server: Server;
  readonly #waiting = new Set<Socket>();

  /**
   * @param needsMore Whether these first bytes are too few to decide who answers the connection.
   * @param silenceTimeoutMs The time after which a connection without enough bytes is closed.
   */
  constructor(
    onConnection: (connection: ReadyConnection) => void,
    needsMore = (_head: Buffer) => false,
    silenceTimeoutMs = SILENCE_TIMEOUT_MS,
  ) {
    // Half-open: a client may end its side of the connection after its request.
    this.#server = createServer({ ...PEEKED, allowHalfOpen: true, noDelay: true }, (socket) => {
      const silence = setTimeout(() => socket.destroy(), silenceTimeoutMs).unref();
      this.#waiting.add(socket);
      socket.once('close', () => {
        clearTimeout(silence);
        this.#waiting.delete(socket);
      });
      socket.on('error', () => socket.destroy());
      const resume = () => {
        dropPeeked(socket);
        socket.resume();
      };
      let head: Buffer = Buffer.alloc(0);
      const onBytes = (bytes: Buffer | undefined) => {
        if (bytes === undefined && head.length === 0) {
          socket.destroy();
          return;
        }
        if (bytes !== undefined) {
          head = head.length === 0 ? bytes : Buffer.concat([head, bytes]);
          if (needsMore(head)) {
            dropPeeked(socket);
            peekBytes(socket, onBytes);
            return;
          }
        }
        clearTimeout(silence);
        this.#waiting.delete(socket);
        onConnection({ socket, head, resume });
      };
      peekBytes(socket, onBytes);
    });
  }

  /** Listens on an address. @throws the errors of `net.Server`, when it cannot listen. */
  async listen(address: SocketAddress): Promise<AddressInfo> {
    return (await listenOn(this.#server, address)) as AddressInfo;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#waiting) socket.destroy();
  }
}
