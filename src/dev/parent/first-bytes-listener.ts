import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { listenOn, type SocketAddress } from '../../arbiter/listening-socket.ts';
import { dropPeeked, PEEKED, peekBytes } from '../../servers/peek-bytes.ts';

/** A connection whose client has sent its first bytes. */
export interface ReadyConnection {
  readonly socket: Socket;
  /** The bytes that were read so far. No more are read unless `resume()` is called. */
  readonly head: Buffer;
  /** Goes on reading, for a connection that is not dispatched. */
  resume(): void;
}

/** How long a client may take to send its first bytes: the same limit as for a head. */
const SILENCE_TIMEOUT_MS = 60_000;

/**
 * Owns the listening socket. A connection is passed on when its first bytes have come: every save before those bytes is
 * then older than the request. The accept alone does not show that, since browsers open connections in advance.
 */
export class FirstBytesListener {
  readonly #server: Server;
  readonly #waiting = new Set<Socket>();

  /**
   * @param needsMore Whether these first bytes do not tell yet whose connection it is; a few more will.
   * @param silenceTimeoutMs After how long a connection that has not been passed on is closed.
   */
  constructor(
    onConnection: (connection: ReadyConnection) => void,
    needsMore = (_head: Buffer) => false,
    silenceTimeoutMs = SILENCE_TIMEOUT_MS,
  ) {
    // Half-open, since a client may end its side when it has sent its request.
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

  /** @throws as `net.Server` does when the address cannot be had. */
  async listen(address: SocketAddress): Promise<AddressInfo> {
    return (await listenOn(this.#server, address)) as AddressInfo;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#waiting) socket.destroy();
  }
}
