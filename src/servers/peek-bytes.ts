import type { Socket } from 'node:net';

/**
 * What a server needs whose connections may go to another process after their first bytes: a buffer of one byte is full
 * after the first read, whatever its size, and a stream whose buffer is full does not read.
 */
export const PEEKED = { highWaterMark: 1 };

/**
 * Reads what a connection brings next, and no more. The stream keeps these bytes until `dropPeeked()`, so that what follows
 * them stays in the system, for another process too.
 *
 * @param socket of a server that was made with `PEEKED`, paused or new
 * @param onBytes called once, with undefined when the client has ended its side and nothing more comes
 */
export function peekBytes(socket: Socket, onBytes: (bytes: Buffer | undefined) => void): void {
  const onData = (bytes: Buffer) => {
    socket.off('end', onEnd).pause();
    // Within this event: the stream decides after it whether to read on.
    socket.unshift(bytes);
    onBytes(bytes);
  };
  const onEnd = () => {
    socket.off('data', onData);
    onBytes(undefined);
  };
  socket.once('data', onData).once('end', onEnd).resume();
}

/** Forgets the bytes that `peekBytes()` has given, so that more is read. */
export function dropPeeked(socket: Socket): void {
  socket.read();
}
