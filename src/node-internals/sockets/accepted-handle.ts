import { readSync, writeSync } from 'node:fs';
import { type Server, Socket, type SocketConstructorOpts } from 'node:net';
import { Probe } from '../probe.ts';

/** The undocumented members of the handle of a connection. */
interface ConnectionHandle {
  readonly fd?: unknown;
  close?(): void;
  /** Of TCP alone. */
  readonly getpeername?: unknown;
}

type OnConnection = (error: number, handle?: ConnectionHandle) => void;

interface ListeningServer {
  readonly _handle?: { onconnection?: OnConnection } | null;
}

/**
 * A connection on a unix socket that was accepted, of which Node has made no socket. A `net.Socket` takes most of the time of
 * a connection that brings one small request: `bench/fastcgi.js`, Node 24, 24 µs of CPU to read, write and close with one,
 * 10 µs without.
 */
export class AcceptedHandle {
  /** Once it is closed, or there is a socket of it, it can do no more. */
  isOver = false;
  readonly #handle: ConnectionHandle;

  constructor(handle: ConnectionHandle) {
    this.#handle = handle;
  }

  /** Reads what has come. @returns how many bytes, 0 at the end; undefined while nothing has come, and for an error */
  read(buffer: Buffer): number | undefined {
    try {
      return this.isOver ? undefined : readSync(this.#handle.fd as number, buffer, 0, buffer.length, null);
    } catch {
      return undefined; // a socket of it finds out what is wrong
    }
  }

  /** Writes bytes as latin-1 characters. @returns how many the system took */
  write(text: string): number {
    try {
      return this.isOver ? 0 : writeSync(this.#handle.fd as number, text, null, 'latin1');
    } catch {
      return 0; // a socket of it finds out what is wrong
    }
  }

  /** Ends the connection. What was written reaches the peer, if all that it sent was read. */
  close(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#handle.close!();
  }

  /** A socket of the connection; it is destroyed if the connection is closed. */
  toSocket(): Socket {
    if (this.isOver) return new Socket().destroy();
    this.isOver = true;
    return socketOf(this.#handle);
  }
}

/** As `net.Server` makes it of what it accepts. */
function socketOf(handle: object): Socket {
  return new Socket({ handle, allowHalfOpen: true } as SocketConstructorOpts);
}

/** Whether a socket that is made of a handle reads from it. */
const probe = new Probe(() => {
  let reads = 0;
  const handle = {
    readStart: () => {
      reads += 1;
      return 0;
    },
    close() {},
  };
  const socket = socketOf(handle);
  const isMade = reads === 1 && socket.readable && socket.writable;
  socket.destroy();
  return isMade;
});

/**
 * Dispatches the connections of a unix socket that a server listens on, before Node makes sockets of them. Those that are not
 * taken go to the server as sockets, as all do where this Node has no such way.
 *
 * Undocumented, in Node 20 to 26: that a server's handle calls `onconnection` with the handle of each connection, that the
 * latter has its descriptor as `fd`, and that `net.Socket` takes it as the option `handle`.
 *
 * @param take returns whether it has taken the connection
 */
export function takeAccepted(server: Server, take: (connection: AcceptedHandle) => boolean): void {
  const { _handle: listening } = server as ListeningServer;
  const onConnection = listening?.onconnection;
  if (process.platform === 'win32' || typeof onConnection !== 'function' || !probe.isPassed) return;
  listening!.onconnection = function onconnection(this: unknown, error, handle) {
    const isTaken =
      error === 0 && handle !== undefined && isUsable(handle) && take(new AcceptedHandle(handle));
    if (!isTaken) onConnection.call(this as never, error, handle);
  };
}

function isUsable({ fd, close, getpeername }: ConnectionHandle): boolean {
  return typeof fd === 'number' && fd >= 0 && typeof close === 'function' && getpeername === undefined;
}
