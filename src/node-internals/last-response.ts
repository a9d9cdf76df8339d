import type { ServerResponse } from 'node:http';
import { mayUseInternals } from './probe.ts';

/**
 * Whether Node closes the connection behind a response whose head is made: a header may say so, and a body of unknown
 * length for HTTP/1.0 ends in no other way.
 */
export function isLast(response: ServerResponse): boolean {
  const last = mayUseInternals() ? (response as { _last?: unknown })._last : undefined;
  // Without it, Node's call to close the connection tells the same, when the response is sent.
  return typeof last === 'boolean' ? last : !response.shouldKeepAlive;
}
