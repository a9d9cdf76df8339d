import { readSync, writeSync } from 'node:fs';
import { type Server, Socket, type SocketConstructorOpts } from 'node:net';
import { Probe } from '../probe.ts';

/** The undocumented members of the handle of a connection. */
interface ConnectionHandle {
  readonly fd?: unknown;
  close?(): void;
  /** Handles of TCP connections only. */
  readonly getpeername?: unknown;
}

type OnConnection = (error: number, handle?: ConnectionHandle) => void;

interface ListeningServer {
  readonly _handle?: { onconnection?: OnConnection } | null;
}

/**
 * An accepted connection on a unix socket, for which Node has not made a socket. A `net.Socket` takes most of the time
 * of a connection with one small request: `bench/fastcgi.js`, Node 24, 24 µs of CPU to read, write and close with a
 * socket, 10 µs without.
 */
export class AcceptedHandle {
  /** True after it was closed or converted to a socket. It can then not be used any more. */
  isOver = false;
  readonly #handle: ConnectionHandle;

  constructor(handle: ConnectionHandle) {
    this.#handle = handle;
  }

  /** Reads available bytes. @returns their number, 0 at the end; undefined if nothing has arrived, and for an error */
  read(buffer: Buffer): number | undefined {
    try {
      return this.isOver ? undefined : readSync(this.#handle.fd as number, buffer, 0, buffer.length, null);
    } catch {
      return undefined; // The socket that is made next reports the error.
    }
  }

  /** Writes latin-1 characters as bytes. @returns the number of bytes that the system has accepted */
  write(text: string): number {
    try {
      return this.isOver ? 0 : writeSync(this.#handle.fd as number, text, null, 'latin1');
    } catch {
      return 0; // The socket that is made next reports the error.
    }
  }

  /** Ends the connection. Written data reaches the peer, provided that everything from the peer was read. */
  close(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#handle.close!();
  }

  /** Converts it to a socket. If the connection is closed, the socket is destroyed. */
  toSocket(): Socket {
    if (this.isOver) return new Socket().destroy();
    this.isOver = true;
    return socketOf(this.#handle);
  }
}

/** Makes a socket in the same way as `net.Server`. */
function socketOf(handle: object): Socket {
  return new Socket({ handle, allowHalfOpen: true } as SocketConstructorOpts);
}

/** Whether a socket that is made from a handle reads from it. */
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
 * Takes the connections of a listening unix socket before Node makes sockets for them. Connections that are not taken
 * go to the server as sockets, as all connections do if this Node does not support this.
 *
 * Undocumented, in Node 20 to 26: a server's handle calls `onconnection` with the handle of each connection, the latter
 * has its descriptor as `fd`, and `net.Socket` takes it as the option `handle`.
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
