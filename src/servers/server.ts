import type { AddressInfo, ListenOptions, Server as NetServer, Socket } from 'node:net';

/**
 * How a server closes. Times are in milliseconds.
 *
 * @example
 * import { serve } from 'startproject/server';
 * import { application } from './mysite/wsgi.ts';
 *
 * const server = await serve(application, { port: 8000 });
 * await server.close({ timeoutMs: 5_000, graceMs: 0 });
 */
export interface CloseOptions {
  /** After how many milliseconds what is still open is broken off. @default 30000 */
  readonly timeoutMs?: number;
  /** For how many milliseconds a connection without a request is kept for one that may be on its way. @default 100 */
  readonly graceMs?: number;
}

/** A request that is being answered. */
export interface RequestInHand {
  readonly method: string;
  /** The request target as it was sent, shortened. */
  readonly target: string;
  /** How long ago it began, in milliseconds. */
  readonly ageMs: number;
  readonly client: string | undefined;
}

/**
 * What every server can do, whatever its protocol. To construct one, to `listen()` and to `close()` are three separate
 * acts. A server that only receives connections from another process never listens.
 */
export interface Server {
  /** How many requests are being answered. */
  readonly openRequests: number;
  /** How many have been answered, or have broken off. */
  readonly endedRequests: number;
  /** How many connections are open. */
  readonly connections: number;
  /** The requests that are being answered, those first that began first. */
  requestsInHand(most: number): RequestInHand[];
  /**
   * Listens on a host and port, a path, a file descriptor, or on a server's socket that another process sent. Called again, it
   * listens there as well.
   *
   * @param backlog How many connections the kernel queues on a socket that another process sent. @default 511
   */
  listen(target: ListenOptions | NetServer, backlog?: number): Promise<AddressInfo | string>;
  /** Listens no longer, until `listen()` is called again. What was accepted goes on. */
  stopListening(): void;
  /** Ends so many connections, each with its next response. Those that were chosen before and are still open count. */
  shed(connections: number): void;
  /** Takes a connection that was accepted elsewhere, with the bytes that were read from it there. */
  accept(socket: Socket, head?: Uint8Array): void;
  /**
   * Closes so that no client loses anything: listening ends, responses in progress are finished, and clients see a
   * regular end. A second call returns the promise of the first, and may bring the deadline forward.
   */
  close(options?: CloseOptions): Promise<void>;
}
