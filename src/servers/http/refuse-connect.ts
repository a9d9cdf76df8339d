import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { HttpConnection } from './connection/connection.ts';
import type { HttpRefusal } from './request/refusal.ts';

const NO_UPGRADE = { status: 400, message: 'This request cannot become a WebSocket.' };

const DRAIN_LISTENERS = Symbol('drain listeners');

interface DrainedSocket extends Socket {
  [DRAIN_LISTENERS]?: readonly unknown[];
}

/** Keeps Node's `drain` listeners of a new connection, which Node removes at a CONNECT. */
export function keepDrainListeners(socket: DrainedSocket): void {
  socket[DRAIN_LISTENERS] = socket.listeners('drain');
}

/**
 * Refuses a CONNECT, since this server is not a proxy. Node no longer handles the connection. So further bytes are read
 * and discarded, and earlier responses that wait for the socket get its `drain` events again.
 */
export function refuseConnect(request: IncomingMessage, socket: Socket): void {
  refuse(request, socket, 501, 'CONNECT is not supported: this is not a proxy.');
}

/** Refuses an upgrade to a protocol other than WebSocket, or one that arrives while earlier requests are still open. */
export function refuseUpgrade(
  request: IncomingMessage,
  socket: Socket,
  { status, message }: Pick<HttpRefusal, 'status' | 'message'> = NO_UPGRADE,
): void {
  refuse(request, socket, status, message);
}

function refuse(
  { method, url, httpVersion }: IncomingMessage,
  socket: DrainedSocket,
  status: number,
  message: string,
): void {
  const connection = HttpConnection.of(socket)!;
  socket.on('error', () => {}); // The connection is closed in any case.
  for (const listener of socket[DRAIN_LISTENERS] ?? []) socket.on('drain', listener as () => void);
  socket.resume();
  if (connection.isEnding) return;
  connection.refuseNext({
    kind: 'malformed',
    status,
    message,
    remoteAddress: connection.remoteAddress,
    requestLine: `${method} ${url} HTTP/${httpVersion}`,
  });
}
