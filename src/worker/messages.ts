/** Messages between every arbiter and its workers, whatever their strategy is. */

import type { SourceLocation } from '../errors.ts';
import type { StopSignal } from './stop.ts';

/** An error on its way between processes: what the terminal and the error page show. */
export interface Failure {
  /** The kind of error: `SyntaxError`, `ImproperlyConfigured`. */
  readonly name: string;
  readonly message: string;
  readonly hint?: string;
  readonly codeFrame?: string;
  /** Where it is, for an editor: the message or the stack say it as well. */
  readonly location?: SourceLocation;
  readonly stack?: string;
}

/** What all messages have. */
export interface Message {
  readonly type: string;
}

/** From arbiter to worker. */
export type SharedToWorker =
  /**
   * Accept connections on the socket that comes with this message: `server.listen(socket, backlog)`. Without one, they come
   * with `accepted`.
   */
  | { readonly type: 'listen'; readonly backlog: number }
  /** Serve the connection that comes with this message. */
  | { readonly type: 'accepted' }
  /** Answer with `pong`. */
  | { readonly type: 'ping' }
  /** Let no debugger attach any longer: the arbiter has read the stack. */
  | { readonly type: 'close-inspector' }
  /** Finish what is in flight within this time, run what the site has registered for the signal, and exit. */
  | { readonly type: 'retire'; readonly drainMs: number; readonly signal: StopSignal };

/** From worker to arbiter. */
export type SharedToArbiter =
  /** The runtime is loaded: the worker waits for messages. */
  | { readonly type: 'booted' }
  /** The worker serves, or cannot: then the failure says why. */
  | { readonly type: 'ready'; readonly failure?: Failure }
  /** The worker sees to its own end. */
  | { readonly type: 'retiring' }
  | { readonly type: 'pong'; readonly openRequests: number }
  /** The worker has received the oldest of the connections that it was sent. Nothing was read of that yet. */
  | { readonly type: 'taken' }
  /** A copy of the connection of this number, of those that the worker has taken, is no longer needed. */
  | { readonly type: 'released'; readonly id: number }
  /** The last message before the process ends by itself, with the stack of what ends it. */
  | { readonly type: 'exiting'; readonly code: number; readonly stack: string };
