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
 * Refuses a CONNECT: only proxies make tunnels. Node has let go of the connection: what comes is read and thrown away,
 * and responses to requests before it, which may wait for room, are notified again.
 */
export function refuseConnect(request: IncomingMessage, socket: Socket): void {
  refuse(request, socket, 501, 'CONNECT is not supported: this is not a proxy.');
}

/** Refuses an upgrade to another protocol than WebSocket, or that comes while requests before it are still answered. */
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
  socket.on('error', () => {}); // it is closed in any case
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
