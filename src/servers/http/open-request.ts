import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ClientDisconnected } from '../../wsgi/errors.ts';
import type { OpenRequestFacts } from '../requests-in-hand.ts';

/** What a connection knows of a request that is to be answered on it. */
export interface OpenRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** When its head had come, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** The status of its response, 0 until there is a head. */
  status: number;
  /** The server answers in the application's place. */
  isRefused: boolean;
  /** Whether a body may still come after `Expect: 100-continue`. */
  readonly isBodyOutstanding: boolean;
  /** How many bytes of its body were read. */
  readonly bytesReceived: number;
  /** Whether the application waits for the client to send. */
  readonly isReading: boolean;
  /** Whether the response waits for the client to take what was sent. */
  readonly isWriting: boolean;
  /** It may have to wait until others of its connection are answered. */
  awaitTurn(): void;
  /** Its turn has come: the application is called. */
  answer(): void;
  /** The connection is closed, or no response can reach the client. */
  disconnected(reason?: ClientDisconnected): void;
}

/** What is known of the open requests of a connection. */
export function openRequestFacts(connection: {
  readonly open: readonly OpenRequest[];
  readonly remoteAddress: string | undefined;
}): OpenRequestFacts[] {
  return connection.open.map(({ request: { method = '', url: target = '' }, startedAt }) => ({
    method,
    target,
    startedAt,
    client: connection.remoteAddress,
  }));
}
