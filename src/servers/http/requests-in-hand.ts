import type { RequestInHand } from '../server.ts';
import type { HttpConnection } from './connection/connection.ts';

/** What is shown of a target. */
const SHOWN_LENGTH = 200;

/** The open requests of all connections, those first that began first. */
export function requestsInHand(connections: Iterable<HttpConnection>, most: number): RequestInHand[] {
  const now = Date.now();
  return [...connections]
    .flatMap(({ open, remoteAddress }) => open.map((transport) => ({ transport, remoteAddress })))
    .sort((a, b) => a.transport.startedAt - b.transport.startedAt)
    .slice(0, most)
    .map(({ transport: { request, startedAt }, remoteAddress }) => ({
      method: request.method ?? '',
      target: (request.url ?? '').slice(0, SHOWN_LENGTH),
      ageMs: now - startedAt,
      client: remoteAddress,
    }));
}
