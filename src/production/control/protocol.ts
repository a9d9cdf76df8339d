import type { Socket } from 'node:net';
import { StringDecoder } from 'node:string_decoder';
import type { ServerStatus, StopMode } from './controllable.ts';

/**
 * The protocol of the control channel: JSON objects, one per line. The server begins with a greeting, the client sends
 * one request, and the server sends one reply and closes the connection. For `logs` there is one reply per line while
 * the client is connected. After the reply to `inject`, the connection is used for HTTP.
 */
export const PROTOCOL_VERSION = 1;

export const COMMANDS = ['status', 'reload', 'stop', 'scale', 'logs', 'inject'] as const;
type ControlCommand = (typeof COMMANDS)[number];

export interface Greeting {
  readonly v: number;
  /** The server's descriptors whose positions are the secret; absent if the socket itself has permissions. */
  readonly secretIn?: readonly number[];
}

export interface ControlRequest {
  readonly command: ControlCommand;
  readonly site?: string;
  /** The number of workers for `scale`. */
  readonly workers?: number;
  /** How `stop` stops the server. */
  readonly mode?: StopMode;
}

export interface ControlReply {
  readonly v: number;
  readonly ok: boolean;
  /** The reason if the request has failed. */
  readonly reason?: string;
  /** The state of the server after the request, for `status`, `reload` and `scale`. */
  readonly status?: ServerStatus;
  /** The project's root in the server, for `status`. */
  readonly root?: string;
  /** The process that `stop` is stopping. */
  readonly pid?: number;
  /** The maximum time until it has ended. */
  readonly withinMs?: number;
  /** A line of the log. */
  readonly line?: string;
  /** The number of dropped lines, because the client reads too slowly. */
  readonly dropped?: number;
}

export function writeLine(socket: Socket, data: object): void {
  socket.write(`${JSON.stringify({ v: PROTOCOL_VERSION, ...data })}\n`);
}

/** Splits received text into lines. */
export class LineReader {
  readonly #decoder = new StringDecoder('utf8');
  readonly #maxLength: number;
  #rest = '';

  /** @param maxLength The limit of a line, in UTF-16 units. */
  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** Whether an incomplete line is stored. */
  get isWithinLine(): boolean {
    return this.#rest !== '';
  }

  /** @returns the lines that these bytes complete; undefined if a line is too long. */
  add(bytes: Uint8Array): string[] | undefined {
    const lines = this.#decoder.write(Buffer.from(bytes)).split('\n');
    lines[0] = this.#rest + lines[0];
    this.#rest = lines.at(-1)!;
    return lines.some(({ length }) => length > this.#maxLength) ? undefined : lines.slice(0, -1);
  }
}
