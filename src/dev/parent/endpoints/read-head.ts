import type { Socket } from 'node:net';

const HEAD_END = '\r\n\r\n';

const TIMEOUT_MS = 10_000;

/**
 * Reads the head of a request from a connection, and drops the bytes after it.
 *
 * @param first The bytes that have been read already.
 * @param maxBytes The limit for the head.
 * @param onHead Called once, with the head up to the empty line, or with the status of the error response. It is not
 *   called when the client disconnects before.
 */
export function readHead(
  socket: Socket,
  first: Buffer,
  maxBytes: number,
  onHead: (head: string | 408 | 431) => void,
): void {
  const chunks: Buffer[] = [];
  let length = 0;
  /** The last bytes, since the end of the head may be split between two chunks. */
  let last = '';
  const timer = setTimeout(() => finish(408), TIMEOUT_MS);
  function finish(head: string | 408 | 431) {
    clearTimeout(timer);
    socket.off('data', onData).off('close', onClose).resume();
    onHead(head);
  }
  function onClose() {
    clearTimeout(timer);
  }
  function onData(chunk: Buffer) {
    chunks.push(chunk);
    length += chunk.length;
    const text = last + chunk.toString('latin1');
    const end = text.indexOf(HEAD_END);
    const headLength = length - text.length + end;
    if ((end === -1 ? length : headLength) > maxBytes) finish(431);
    else if (end !== -1) finish(Buffer.concat(chunks).toString('latin1', 0, headLength));
    last = text.slice(1 - HEAD_END.length);
  }
  socket.on('data', onData).once('close', onClose);
  onData(first);
}
