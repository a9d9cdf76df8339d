import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ClientDisconnected } from '../../wsgi/errors.ts';
import type { OpenRequestFacts } from '../requests-in-hand.ts';
import type { WatchedRequest } from '../stall-watch.ts';

/** The part of a request that its connection uses while it is open. */
export interface OpenRequest extends WatchedRequest, OpenRequestFacts {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The status of its response; 0 before the response head. */
  status: number;
  /** Whether the server answers instead of the application. */
  isRefused: boolean;
  /** Whether a body may still come after `Expect: 100-continue`. */
  readonly isBodyOutstanding: boolean;
  /** Called when the request may have to wait for earlier ones of its connection. */
  awaitTurn(): void;
  /** Called when it is the request's turn. Calls the application. */
  answer(): void;
  /** Called when the connection is closed, or no response can reach the client. */
  disconnected(reason?: ClientDisconnected): void;
}
