import type { Socket } from 'node:net';
import { bytesTaken } from '../node-internals/sockets/bytes-taken.ts';
import type { ClientErrorRecord } from './http/request/refusal.ts';

export const TIMEOUT_MS = 60_000;
export const KEEP_ALIVE_TIMEOUT_MS = 5_000;
/** The interval at which all connections are checked. One timer checks all of them. */
const LONGEST_PERIOD_MS = 1_000;
/**
 * A body that is received or sent at this rate or faster is never too slow. Apache's mod_reqtimeout has the same
 * minimum rate.
 */
const BYTES_PER_SECOND = 500;

/** Times in milliseconds; 0 means no limit. */
export interface StallOptions {
  readonly headersTimeoutMs?: number | undefined;
  readonly bodyTimeoutMs?: number | undefined;
  readonly writeTimeoutMs?: number | undefined;
}

/** A request that is being answered. */
export interface WatchedRequest {
  /** The number of received bytes of its body. */
  readonly bytesReceived: number;
  /** Whether the application waits for data from the client. */
  readonly isReading: boolean;
  /** Whether the response waits until the client reads what was sent. */
  readonly isWriting: boolean;
}

/** A connection with its open requests. */
export interface WatchedConnection<R extends WatchedRequest> {
  readonly socket: Socket;
  /** The socket below TLS; without TLS, the same as `socket`. */
  readonly wire: Socket;
  readonly open: readonly R[];
  readonly remoteAddress: string | undefined;
  /** Whether nothing has arrived yet. */
  readonly isUnused: boolean;
  /** Whether the rest of a partly received request is awaited. */
  readonly isReceivingHead: boolean;
  readonly isEnding: boolean;
  /** Whether any of the open requests may be writing, not only the first one. */
  readonly isMultiplexed?: boolean;
  /** How long the head of a request has been awaited at the last check. */
  silentMs: number;
  endBehindOpen(): void;
  refuseNext(record: ClientErrorRecord): void;
  refuseBody(request: R, record: ClientErrorRecord): void;
}

/** How long a request has been waiting for its client. */
interface Waits {
  readingMs: number;
  /** The part of that time since the last byte of the body. */
  silentMs: number;
  bytesReceived: number;
  writingMs: number;
  bytesTaken: number;
}

/**
 * Finds stalled clients: they send no request or only a part of one, do not send a body that is awaited, or do not read
 * their response. Node detects the first two cases as well, but only in servers that listen themselves.
 */
export class StallWatch<R extends WatchedRequest> {
  readonly #connections: ReadonlySet<WatchedConnection<R>>;
  readonly #headersTimeoutMs: number;
  readonly #bodyTimeoutMs: number;
  readonly #writeTimeoutMs: number;
  readonly #waits = new WeakMap<R, Waits>();
  readonly #periodMs: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    connections: ReadonlySet<WatchedConnection<R>>,
    { headersTimeoutMs = TIMEOUT_MS, bodyTimeoutMs = TIMEOUT_MS, writeTimeoutMs = TIMEOUT_MS }: StallOptions,
  ) {
    this.#connections = connections;
    this.#headersTimeoutMs = headersTimeoutMs || Number.POSITIVE_INFINITY;
    this.#bodyTimeoutMs = bodyTimeoutMs || Number.POSITIVE_INFINITY;
    this.#writeTimeoutMs = writeTimeoutMs || Number.POSITIVE_INFINITY;
    const shortest = Math.min(this.#headersTimeoutMs, this.#bodyTimeoutMs, this.#writeTimeoutMs);
    this.#periodMs = Math.min(LONGEST_PERIOD_MS, Math.ceil(shortest / 4));
  }

  /** Watches until all connections are closed. */
  start(): void {
    this.#timer ??= setInterval(() => this.#checkAll(), this.#periodMs).unref();
  }

  #checkAll(): void {
    if (this.#connections.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    for (const connection of this.#connections) {
      if (connection.open.length === 0 || connection.isReceivingHead) this.#checkSilence(connection);
      for (const transport of connection.open) {
        if (transport.isReading) this.#checkReading(transport, connection);
        else if ((connection.isMultiplexed || transport === connection.open[0]) && transport.isWriting)
          this.#checkWriting(transport, connection);
      }
    }
  }

  /** An idle connection after a request is handled by Node's `keepAliveTimeout`. */
  #checkSilence(connection: WatchedConnection<R>): void {
    if (!connection.isUnused && !connection.isReceivingHead) {
      connection.silentMs = 0;
      return;
    }
    connection.silentMs += this.#periodMs;
    if (connection.silentMs < this.#headersTimeoutMs) return;
    if (connection.isEnding && !connection.isReceivingHead) return;
    // Unused connections are not reported, since browsers open connections before they need them.
    if (connection.isUnused) connection.endBehindOpen();
    else connection.refuseNext(lateRequest('head', connection));
  }

  #checkReading(transport: R, connection: WatchedConnection<R>): void {
    const waits = this.#waitsOf(transport);
    const { bytesReceived } = transport;
    waits.readingMs += this.#periodMs;
    waits.silentMs = bytesReceived === waits.bytesReceived ? waits.silentMs + this.#periodMs : 0;
    waits.bytesReceived = bytesReceived;
    // A client that has sent much has much time for the rest, but it must send something.
    const isSilent = waits.silentMs >= this.#bodyTimeoutMs;
    if (!isSilent && waits.readingMs < this.#bodyTimeoutMs + msFor(bytesReceived)) return;
    connection.refuseBody(transport, lateRequest('body', connection));
  }

  #checkWriting(transport: R, { socket, wire }: WatchedConnection<R>): void {
    const waits = this.#waitsOf(transport);
    const taken = bytesTaken(wire);
    const progress = taken ?? socket.bytesWritten - socket.writableLength;
    waits.writingMs = progress === waits.bytesTaken ? waits.writingMs + this.#periodMs : 0;
    waits.bytesTaken = progress;
    // If it is unknown how much of a block was sent, a slow client gets the time for all waiting bytes.
    const unseen = taken === undefined ? socket.writableLength : 0;
    if (waits.writingMs >= this.#writeTimeoutMs + msFor(unseen)) socket.destroy();
  }

  #waitsOf(transport: R): Waits {
    const known = this.#waits.get(transport) ?? {
      readingMs: 0,
      silentMs: 0,
      bytesReceived: 0,
      writingMs: 0,
      bytesTaken: -1,
    };
    this.#waits.set(transport, known);
    return known;
  }
}

function lateRequest(
  part: 'head' | 'body',
  { remoteAddress }: { readonly remoteAddress: string | undefined },
): ClientErrorRecord {
  const message = `The request ${part} did not come in time.`;
  return { kind: 'timeout', status: 408, message, remoteAddress, requestLine: undefined };
}

/** How long the slowest accepted client may take for this number of bytes. */
function msFor(bytes: number): number {
  return (bytes / BYTES_PER_SECOND) * 1_000;
}
