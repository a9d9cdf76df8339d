import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { HttpConnection } from './connection/connection.ts';

const DRAIN_LISTENERS = Symbol('drain listeners');

interface DrainedSocket extends Socket {
  [DRAIN_LISTENERS]?: readonly unknown[];
}

/** Keeps what Node has just listened with on a new connection for room to write, which CONNECT would take away. */
export function keepDrainListeners(socket: DrainedSocket): void {
  socket[DRAIN_LISTENERS] = socket.listeners('drain');
}

/**
 * Refuses a CONNECT: only proxies make tunnels. Node has let go of the connection: what comes is read and thrown away,
 * and responses to requests before it, which may wait for room, are notified again.
 */
export function refuseConnect({ url, httpVersion }: IncomingMessage, socket: DrainedSocket): void {
  const connection = HttpConnection.of(socket)!;
  socket.on('error', () => {}); // it is closed in any case
  for (const listener of socket[DRAIN_LISTENERS] ?? []) socket.on('drain', listener as () => void);
  socket.resume();
  if (connection.isEnding) return;
  connection.refuseNext({
    kind: 'malformed',
    status: 501,
    message: 'CONNECT is not supported: this is not a proxy.',
    remoteAddress: connection.remoteAddress,
    requestLine: `CONNECT ${url} HTTP/${httpVersion}`,
  });
}
