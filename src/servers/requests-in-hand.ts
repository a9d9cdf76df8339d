import type { RequestInHand } from './server.ts';

/** The facts that a server knows about an open request. */
export interface OpenRequestFacts {
  readonly method: string;
  readonly target: string;
  /** In milliseconds since the epoch. */
  readonly startedAt: number;
  readonly client: string | undefined;
}

/** The maximum length of a shown target. */
const SHOWN_LENGTH = 200;

/** The open requests, the oldest first. */
export function requestsInHand(open: readonly OpenRequestFacts[], most: number): RequestInHand[] {
  const now = Date.now();
  return [...open]
    .sort((a, b) => a.startedAt - b.startedAt)
    .slice(0, most)
    .map(({ method, target, startedAt, client }) => ({
      method,
      target: target.slice(0, SHOWN_LENGTH),
      ageMs: now - startedAt,
      client,
    }));
}
