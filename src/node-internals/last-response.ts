import type { ServerResponse } from 'node:http';
import { mayUseInternals } from './probe.ts';

/**
 * Whether Node closes the connection after a response whose head is made: because of a header, or because a body of
 * unknown length for HTTP/1.0 ends only with the connection.
 */
export function isLast(response: ServerResponse): boolean {
  const last = mayUseInternals() ? (response as { _last?: unknown })._last : undefined;
  // Without this member, the connection is recognized as ending when Node closes it, after the response is sent.
  return typeof last === 'boolean' ? last : !response.shouldKeepAlive;
}
