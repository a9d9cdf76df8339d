/** The messages between an arbiter and its workers, for every strategy. */

import type { SourceLocation } from '../errors.ts';
import type { StopSignal } from './stop.ts';

/** An error in a message to another process. The terminal and the error page show it. */
export interface Failure {
  /** The kind of error: `SyntaxError`, `ImproperlyConfigured`. */
  readonly name: string;
  readonly message: string;
  readonly hint?: string;
  readonly codeFrame?: string;
  /** The place of the error, for an editor. The message or the stack contains it as well. */
  readonly location?: SourceLocation;
  readonly stack?: string;
}

/** The common part of all messages. */
export interface Message {
  readonly type: string;
}

/** From arbiter to worker. */
export type SharedToWorker =
  /**
   * Accept connections on the socket that comes with this message: `server.listen(socket, backlog)`. Without a socket,
   * connections come with `accepted`.
   */
  | { readonly type: 'listen'; readonly backlog: number }
  /** Serve the connection that comes with this message. */
  | { readonly type: 'accepted' }
  /** Answer with `pong`. */
  | { readonly type: 'ping' }
  /** Close the inspector: the arbiter has read the stack. */
  | { readonly type: 'close-inspector' }
  /** Finish the requests in flight within this time, run the site's handlers for the signal, and exit. */
  | { readonly type: 'retire'; readonly drainMs: number; readonly signal: StopSignal };

/** From worker to arbiter. */
export type SharedToArbiter =
  /** The runtime is loaded, and the worker waits for messages. */
  | { readonly type: 'booted' }
  /** The worker serves. With a failure, it cannot serve, for this reason. */
  | { readonly type: 'ready'; readonly failure?: Failure }
  /** The worker ends by itself now. */
  | { readonly type: 'retiring' }
  | { readonly type: 'pong'; readonly openRequests: number }
  /** The worker has received the oldest connection that it was sent. It has not read from it yet. */
  | { readonly type: 'taken' }
  /**
   * The arbiter can close its copy of the connection with this number, counted among those that the worker has
   * received.
   */
  | { readonly type: 'released'; readonly id: number }
  /** The last message of a process that ends by itself, with the stack of the call that ends it. */
  | { readonly type: 'exiting'; readonly code: number; readonly stack: string };
