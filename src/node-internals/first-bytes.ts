import type { Socket } from 'node:net';

/**
 * Lets a socket read no more by itself, so that what still comes stays in the system for another process. A paused
 * socket would go on: it reads as long as its buffer has room.
 *
 * Undocumented: that `node:net` begins to read by the stream's `_read()` alone, in Node 20 to 26.
 */
export function stopReading(socket: Socket): void {
  socket._read = () => {};
}

/** Lets it read again. */
export function readOn(socket: Socket): void {
  Reflect.deleteProperty(socket, '_read');
  socket._read(1); // the stream has asked for this already, and waits
}
