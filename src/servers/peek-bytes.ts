import type { Socket } from 'node:net';

/**
 * Socket options for a server that may pass connections to another process after their first bytes. A buffer of one
 * byte is full after the first read, whatever the size of the read, and a stream with a full buffer does not read.
 */
export const PEEKED = { highWaterMark: 1 };

/**
 * Reads the next available bytes of a connection, and nothing more. The stream keeps these bytes until `dropPeeked()`.
 * All following bytes stay in the system, where another process can read them.
 *
 * @param socket a paused or new socket of a server with the options `PEEKED`
 * @param onBytes called once; with undefined if the client has ended its side and nothing more arrives
 */
export function peekBytes(socket: Socket, onBytes: (bytes: Buffer | undefined) => void): void {
  const onData = (bytes: Buffer) => {
    socket.off('end', onEnd).pause();
    // Within this event, since the stream decides after it whether to continue reading.
    socket.unshift(bytes);
    onBytes(bytes);
  };
  const onEnd = () => {
    socket.off('data', onData);
    onBytes(undefined);
  };
  socket.once('data', onData).once('end', onEnd).resume();
}

/** Drops the bytes that `peekBytes()` has delivered, so that reading continues. */
export function dropPeeked(socket: Socket): void {
  socket.read();
}
