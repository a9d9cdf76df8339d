import type { Socket } from 'node:net';
import { mayUseInternals } from '../probe.ts';

interface ReadSocket {
  readonly _handle?: { useUserBuffer?(buffer: Buffer): void } | null;
  [key: symbol]: unknown;
}

/**
 * Makes a socket read into an existing buffer. Otherwise each read allocates 64 KiB. Node documents this as `onread`
 * for sockets that are made by `new net.Socket()`, but not for accepted ones.
 *
 * @param onRead called with the number of bytes in the buffer. They must be used or copied before it returns.
 * @returns false if this Node works differently: then the socket emits `data`
 */
export function readInto(socket: Socket, buffer: Buffer, onRead: (bytes: number) => void): boolean {
  if (!mayUseInternals() || socket.readableLength > 0) return false;
  const internals = socket as unknown as ReadSocket;
  const handle = internals._handle;
  const symbols = Object.getOwnPropertySymbols(socket);
  const place = symbols.find(({ description }) => description === 'kBuffer');
  const callback = symbols.find(({ description }) => description === 'kBufferCb');
  if (typeof handle?.useUserBuffer !== 'function' || place === undefined || callback === undefined)
    return false;
  if (internals[place] !== null || internals[callback] !== null) return false;
  internals[place] = buffer;
  internals[callback] = onRead;
  handle.useUserBuffer(buffer);
  socket.resume();
  return true;
}
