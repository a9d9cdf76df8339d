import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { listenOn, type SocketAddress } from '../../arbiter/listening-socket.ts';
import { readOn, stopReading } from '../../node-internals/first-bytes.ts';

/** A connection whose client has begun to speak. */
export interface ReadyConnection {
  readonly socket: Socket;
  /** What was read of it so far. Nothing more is, unless `resume()` is called. */
  readonly head: Buffer;
  /** Goes on reading, for a connection that is not dispatched. */
  resume(): void;
}

/** How long a client may take to say what it wants: as long as the servers wait for a head. */
const SILENCE_TIMEOUT_MS = 60_000;

/**
 * Owns the listening socket. A connection is passed on when its first bytes have come: what it asks was asked after
 * everything that happened before those bytes, which an accepted connection alone does not tell (browsers open
 * some in advance).
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
    // A buffer of one byte is full after the first read, whatever its size: the rest stays in the kernel for the
    // worker. Half-open, since a client may end its side when it has sent its request.
    this.#server = createServer({ highWaterMark: 1, allowHalfOpen: true, noDelay: true }, (socket) => {
      const silence = setTimeout(() => socket.destroy(), silenceTimeoutMs).unref();
      this.#waiting.add(socket);
      socket.once('close', () => {
        clearTimeout(silence);
        this.#waiting.delete(socket);
      });
      socket.on('error', () => socket.destroy());
      const resume = () => {
        readOn(socket);
        socket.resume();
      };
      let head: Buffer = Buffer.alloc(0);
      const onReadable = () => {
        // From here on reading must not go on behind the buffer's back.
        stopReading(socket);
        const bytes: Buffer | null = socket.read();
        if (bytes === null && head.length === 0) {
          socket.destroy();
          return;
        }
        if (bytes !== null) {
          head = head.length === 0 ? bytes : Buffer.concat([head, bytes]);
          if (needsMore(head)) {
            socket.once('readable', onReadable);
            readOn(socket);
            return;
          }
        }
        clearTimeout(silence);
        this.#waiting.delete(socket);
        onConnection({ socket, head, resume });
      };
      socket.once('readable', onReadable);
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
