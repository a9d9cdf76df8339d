import type { Socket } from 'node:net';

const HEAD_END = '\r\n\r\n';

const TIMEOUT_MS = 10_000;

/**
 * Reads the head of a request from a connection, and drops what follows it.
 *
 * @param first What was read of it already.
 * @param maxBytes How long the head may be.
 * @param onHead Called once, with the head up to the empty line or with the status that refuses it, unless the client
 *   goes away before.
 */
export function readHead(
  socket: Socket,
  first: Buffer,
  maxBytes: number,
  onHead: (head: string | 408 | 431) => void,
): void {
  const chunks: Buffer[] = [];
  let length = 0;
  /** The last bytes: the head's end may come in two chunks. */
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
