import type { Socket } from 'node:net';
import { mayUseInternals } from '../probe.ts';

interface ReadSocket {
  readonly _handle?: { useUserBuffer?(buffer: Buffer): void } | null;
  [key: symbol]: unknown;
}

/**
 * Lets a socket read into a buffer that is there, in place of 64 KiB of new memory for each read. Node documents that as
 * `onread`, for the sockets that are made by `new net.Socket()`, and not for those that a server accepts.
 *
 * @param onRead called with how many bytes are in the buffer. They are to be used, or copied, before it returns.
 * @returns false where this Node does it in another way: then the socket emits `data`
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
