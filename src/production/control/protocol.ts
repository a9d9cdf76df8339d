import type { Socket } from 'node:net';
import { StringDecoder } from 'node:string_decoder';
import type { ServerStatus, StopMode } from './controllable.ts';

/**
 * How the two ends of the control channel speak: JSON objects, one a line. The server begins with a greeting, the client
 * sends one request, and the server answers with one reply, after which it closes the connection. Of `logs` there is
 * a reply for each line, for as long as the client listens. After the reply to `inject` the connection is HTTP's.
 */
export const PROTOCOL_VERSION = 1;

export const COMMANDS = ['status', 'reload', 'stop', 'scale', 'logs', 'inject'] as const;
type ControlCommand = (typeof COMMANDS)[number];

export interface Greeting {
  readonly v: number;
  /** The server's descriptors whose positions are the secret; absent where the socket itself has permissions. */
  readonly secretIn?: readonly number[];
}

export interface ControlRequest {
  readonly command: ControlCommand;
  readonly site?: string;
  /** How many `scale` asks for. */
  readonly workers?: number;
  /** How `stop` ends the server. */
  readonly mode?: StopMode;
}

export interface ControlReply {
  readonly v: number;
  readonly ok: boolean;
  /** Why it is not ok. */
  readonly reason?: string;
  /** How the server is, now that the request is done: of `status`, `reload` and `scale`. */
  readonly status?: ServerStatus;
  /** The project's root, as the server knows it: of `status`. */
  readonly root?: string;
  /** The process that `stop` ends. */
  readonly pid?: number;
  /** How long that takes at most. */
  readonly withinMs?: number;
  /** A line of the log. */
  readonly line?: string;
  /** How many lines the client was too slow for. */
  readonly dropped?: number;
}

export function writeLine(socket: Socket, data: object): void {
  socket.write(`${JSON.stringify({ v: PROTOCOL_VERSION, ...data })}\n`);
}

/** Takes text in pieces and gives whole lines. */
export class LineReader {
  readonly #decoder = new StringDecoder('utf8');
  readonly #maxLength: number;
  #rest = '';

  /** @param maxLength Of a line, in UTF-16 units. */
  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** Whether there is text of a line that has no end yet. */
  get isWithinLine(): boolean {
    return this.#rest !== '';
  }

  /** @returns the lines that these bytes end; undefined when one is too long. */
  add(bytes: Uint8Array): string[] | undefined {
    const lines = this.#decoder.write(Buffer.from(bytes)).split('\n');
    lines[0] = this.#rest + lines[0];
    this.#rest = lines.at(-1)!;
    return lines.some(({ length }) => length > this.#maxLength) ? undefined : lines.slice(0, -1);
  }
}
