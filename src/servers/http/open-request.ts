import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ClientDisconnected } from '../../wsgi/errors.ts';
import type { OpenRequestFacts } from '../requests-in-hand.ts';
import type { WatchedRequest } from '../stall-watch.ts';

/** What a connection knows of a request that is to be answered on it. */
export interface OpenRequest extends WatchedRequest, OpenRequestFacts {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The status of its response, 0 until there is a head. */
  status: number;
  /** The server answers in the application's place. */
  isRefused: boolean;
  /** Whether a body may still come after `Expect: 100-continue`. */
  readonly isBodyOutstanding: boolean;
  /** It may have to wait until others of its connection are answered. */
  awaitTurn(): void;
  /** Its turn has come: the application is called. */
  answer(): void;
  /** The connection is closed, or no response can reach the client. */
  disconnected(reason?: ClientDisconnected): void;
}
