import type { Socket } from 'node:net';
import { dropPeeked, peekBytes } from '../../servers/peek-bytes.ts';
import { LineReader, writeLine } from './protocol.ts';

const MAX_REQUEST_LENGTH = 4_096;
/** How long a client may take to read the last reply. */
const LAST_READ_MS = 5_000;
/** How much may wait for a client that does not read. More is dropped. */
const MAX_UNREAD_BYTES = 262_144;

/** A client of the control channel, on the server's side. A client that misbehaves costs no more than a little memory. */
export class ClientConnection {
  readonly socket: Socket;
  readonly #onGone: () => void;
  #dropped = 0;

  /** @param onGone Is called when the connection is released, and when it is closed. */
  constructor(socket: Socket, onGone: () => void) {
    this.socket = socket;
    this.#onGone = onGone;
    socket.unref(); // A client that stays must not keep the server from ending.
    socket.on('error', () => socket.destroy());
    socket.on('drain', () => this.#reportDropped());
    socket.once('close', onGone);
  }

  /**
   * The line that says what the client wants. Nothing behind it is read: after it the connection may be another process's.
   *
   * @param onLine Is not called when the client says nothing, too much, or goes.
   */
  readRequest(onLine: (line: string) => void): void {
    const reader = new LineReader(MAX_REQUEST_LENGTH);
    const { socket } = this;
    const onBytes = (bytes: Buffer | undefined) => {
      const lines = bytes === undefined ? undefined : reader.add(bytes);
      if (lines === undefined || lines.length > 1 || (lines.length === 1 && reader.isWithinLine)) {
        socket.destroy();
      } else if (lines.length === 1) {
        onLine(lines[0]!);
      } else {
        dropPeeked(socket);
        peekBytes(socket, onBytes);
      }
    };
    peekBytes(socket, onBytes);
  }

  /** Lets the client's end be noticed, for as long as it is sent something. It has nothing more to say. */
  followEnd(onEnd: () => void): void {
    const { socket } = this;
    dropPeeked(socket);
    socket
      .once('data', () => socket.destroy())
      .once('close', onEnd)
      .resume();
  }

  /** Gives the connection away. Its errors are still ignored: the client may go before the other process has it. */
  release(): Socket {
    this.#onGone();
    return this.socket;
  }

  /** Drops what a client does not read in time, and says so to it. */
  send(data: object): void {
    if (this.socket.writableLength < MAX_UNREAD_BYTES) writeLine(this.socket, data);
    else this.#dropped++;
  }

  /** Sends the last reply. */
  end(data: object): void {
    if (this.socket.destroyed) return;
    writeLine(this.socket, data);
    this.socket.end();
    setTimeout(() => this.socket.destroy(), LAST_READ_MS).unref();
  }

  #reportDropped(): void {
    const dropped = this.#dropped;
    this.#dropped = 0;
    if (dropped > 0) writeLine(this.socket, { ok: true, dropped });
  }
}
