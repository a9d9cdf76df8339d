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
  /** The deadline: requests that are still open after this time are cut off. @default 30000 */
  readonly timeoutMs?: number;
  /** How long a connection without a request is kept, since a request may already have been sent. @default 100 */
  readonly graceMs?: number;
}

/** An open request. */
export interface RequestInHand {
  readonly method: string;
  /** The request target as it was sent, shortened. */
  readonly target: string;
  /** How long ago it began, in milliseconds. */
  readonly ageMs: number;
  readonly client: string | undefined;
}

/**
 * The methods of every server, of every protocol. Constructing, `listen()` and `close()` are three separate acts. A server
 * that only receives connections from another process never listens.
 */
export interface Server {
  /** The number of open requests. */
  readonly openRequests: number;
  /** The number of requests that have ended, answered or cut off. */
  readonly endedRequests: number;
  /** The number of open connections. */
  readonly connections: number;
  /** The open requests, the oldest first. */
  requestsInHand(most: number): RequestInHand[];
  /**
   * Listens on a host and port, a path, a file descriptor, or a listening socket that another process sent. A second call adds
   * another address.
   *
   * @param backlog How many connections the kernel queues on a socket that another process sent. @default 511
   */
  listen(target: ListenOptions | NetServer, backlog?: number): Promise<AddressInfo | string>;
  /** Stops listening until `listen()` is called again. Accepted connections go on. */
  stopListening(): void;
  /**
   * Ends this number of connections, each with its next response. Open connections that were selected before are
   * included in the number.
   */
  shed(connections: number): void;
  /** Serves a connection that another process accepted, with the bytes that were already read from it. */
  accept(socket: Socket, head?: Uint8Array): void;
  /**
   * Closes so that no client loses data: listening ends, responses in progress are finished, and clients get a regular
   * end. A second call returns the promise of the first, and may set an earlier deadline.
   */
  close(options?: CloseOptions): Promise<void>;
}
