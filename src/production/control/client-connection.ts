import type { Socket } from 'node:net';
import { dropPeeked, peekBytes } from '../../servers/peek-bytes.ts';
import { LineReader, writeLine } from './protocol.ts';

const MAX_REQUEST_LENGTH = 4_096;
/** The time limit for a client to read the last reply. */
const LAST_READ_MS = 5_000;
/** The limit of unread data for a client. Further data is dropped. */
const MAX_UNREAD_BYTES = 262_144;

/** A client of the control channel, on the server's side. A misbehaving client uses only a little memory. */
export class ClientConnection {
  readonly socket: Socket;
  readonly #onGone: () => void;
  #dropped = 0;

  /** @param onGone Called when the connection is released or closed. */
  constructor(socket: Socket, onGone: () => void) {
    this.socket = socket;
    this.#onGone = onGone;
    socket.unref(); // A connected client must not keep the server's process alive.
    socket.on('error', () => socket.destroy());
    socket.on('drain', () => this.#reportDropped());
    socket.once('close', onGone);
  }

  /**
   * Reads the line with the client's request. Nothing after it is read, since the connection may then belong to another
   * process.
   *
   * @param onLine Not called if the client sends nothing, sends too much, or disconnects.
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

  /** Detects the client's disconnect while data is being sent to it. The client itself sends nothing more. */
  followEnd(onEnd: () => void): void {
    const { socket } = this;
    dropPeeked(socket);
    socket
      .once('data', () => socket.destroy())
      .once('close', onEnd)
      .resume();
  }

  /**
   * Releases the connection. Its errors are still ignored, since the client may disconnect before the other process has
   * the connection.
   */
  release(): Socket {
    this.#onGone();
    return this.socket;
  }

  /** Sends a reply. Data that the client does not read in time is dropped, and the client is notified of that. */
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
