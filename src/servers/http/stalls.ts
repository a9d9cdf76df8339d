import { bytesTaken } from '../../node-internals/bytes-taken.ts';
import type { HttpConnection } from './connection/connection.ts';
import type { OpenRequest } from './open-request.ts';
import type { HttpServerOptions } from './options.ts';
import type { ClientErrorRecord } from './request/refusal.ts';

export const TIMEOUT_MS = 60_000;
export const KEEP_ALIVE_TIMEOUT_MS = 5_000;
/** How often all connections are checked. Timers of their own would cost each request what this costs a second. */
const LONGEST_PERIOD_MS = 1_000;
/** A body that comes or goes at this rate or faster is never too slow: the rate that Apache's mod_reqtimeout asks for. */
const BYTES_PER_SECOND = 500;

/** How long a request was seen to wait for its client. */
interface Waits {
  readingMs: number;
  writingMs: number;
  bytesTaken: number;
}

/**
 * Finds the clients that have stopped: that ask nothing, or not to the end, that do not send a body which is waited for,
 * or do not read their response. Node finds the first two as well, but for servers that listen themselves only.
 */
export class StallWatch {
  readonly #connections: Iterable<HttpConnection>;
  readonly #headersTimeoutMs: number;
  readonly #bodyTimeoutMs: number;
  readonly #writeTimeoutMs: number;
  readonly #waits = new WeakMap<OpenRequest, Waits>();
  readonly #periodMs: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    connections: Iterable<HttpConnection>,
    {
      headersTimeoutMs = TIMEOUT_MS,
      bodyTimeoutMs = TIMEOUT_MS,
      writeTimeoutMs = TIMEOUT_MS,
    }: HttpServerOptions,
  ) {
    this.#connections = connections;
    this.#headersTimeoutMs = headersTimeoutMs || Number.POSITIVE_INFINITY;
    this.#bodyTimeoutMs = bodyTimeoutMs || Number.POSITIVE_INFINITY;
    this.#writeTimeoutMs = writeTimeoutMs || Number.POSITIVE_INFINITY;
    const shortest = Math.min(this.#headersTimeoutMs, this.#bodyTimeoutMs, this.#writeTimeoutMs);
    this.#periodMs = Math.min(LONGEST_PERIOD_MS, Math.ceil(shortest / 4));
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#checkAll(), this.#periodMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #checkAll(): void {
    for (const connection of this.#connections) {
      if (connection.open.length === 0) this.#checkSilence(connection);
      for (const transport of connection.open) {
        if (transport.isReading) this.#checkReading(transport, connection);
        else if (transport === connection.open[0] && transport.isWriting)
          this.#checkWriting(transport, connection);
      }
    }
  }

  /** An idle connection that has brought requests is Node's affair: `keepAliveTimeout`. */
  #checkSilence(connection: HttpConnection): void {
    if (!connection.isUnused && !connection.isReceivingHead) {
      connection.silentMs = 0;
      return;
    }
    connection.silentMs += this.#periodMs;
    if (connection.silentMs < this.#headersTimeoutMs || connection.isEnding) return;
    // Browsers make connections beforehand: nothing is to be said on one that was never used.
    if (connection.isUnused) connection.endBehindOpen();
    else connection.refuseNext(lateRequest('head', connection));
  }

  #checkReading(transport: OpenRequest, connection: HttpConnection): void {
    const waits = this.#waitsOf(transport);
    waits.readingMs += this.#periodMs;
    const allowedMs = this.#bodyTimeoutMs + msFor(transport.bytesReceived);
    if (waits.readingMs < allowedMs) return;
    connection.refuseBody(transport, lateRequest('body', connection));
  }

  #checkWriting(transport: OpenRequest, { socket, wire }: HttpConnection): void {
    const waits = this.#waitsOf(transport);
    const taken = bytesTaken(wire);
    const progress = taken ?? socket.bytesWritten - socket.writableLength;
    waits.writingMs = progress === waits.bytesTaken ? waits.writingMs + this.#periodMs : 0;
    waits.bytesTaken = progress;
    // Where it is unknown how much of a block is taken, a slow client needs its time for all that waits.
    const unseen = taken === undefined ? socket.writableLength : 0;
    if (waits.writingMs >= this.#writeTimeoutMs + msFor(unseen)) socket.destroy();
  }

  #waitsOf(transport: OpenRequest): Waits {
    const known = this.#waits.get(transport) ?? { readingMs: 0, writingMs: 0, bytesTaken: -1 };
    this.#waits.set(transport, known);
    return known;
  }
}

function lateRequest(part: 'head' | 'body', { remoteAddress }: HttpConnection): ClientErrorRecord {
  const message = `The request ${part} did not come in time.`;
  return { kind: 'timeout', status: 408, message, remoteAddress, requestLine: undefined };
}

/** How long the slowest client may take for so many bytes. */
function msFor(bytes: number): number {
  return (bytes / BYTES_PER_SECOND) * 1_000;
}
