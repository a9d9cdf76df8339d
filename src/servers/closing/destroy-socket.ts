import type { Socket } from 'node:net';

/** The time limit for a client that does not read the last response of its connection. */
export const FLUSH_TIMEOUT_MS = 60_000;
/** The time limit for a client to close its side after everything is sent. */
export const CLIENT_TIMEOUT_MS = 5_000;

/** Destroys a socket that is still open after this time. */
export function destroyAfter(socket: Socket, ms: number, destroy = () => void socket.destroy()): void {
  if (socket.destroyed) return;
  const timer = setTimeout(destroy, ms);
  socket.once('close', () => clearTimeout(timer));
}

/** Destroys a socket. Resolves when it is closed. */
export function destroyed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve()).destroy();
  });
}
