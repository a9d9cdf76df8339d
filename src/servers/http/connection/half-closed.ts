import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpConnection } from './connection.ts';

/** Most responses are complete by then, and need no probe. */
const QUESTION_DELAY_MS = 50;
/** How long the client's system has for its reset. */
const RESET_DELAY_MS = 20;
/** How long a client may show no sign before it counts as gone, where no probe is possible. */
const TIMEOUT_MS = 5_000;

/**
 * Finds out whether a client that has closed its sending side still reads, as `nc -N` does, or has gone. Both look the
 * same until something is sent to it: then the system of one that has gone answers with a reset, which the next write meets.
 */
export async function checkHalfClosed(connection: HttpConnection): Promise<void> {
  const { socket } = connection;
  if (socket.writableFinished) return; // the response is the last, and is sent
  socket.setTimeout(TIMEOUT_MS);
  await sleep(QUESTION_DELAY_MS);
  const question = harmlessBytes(connection);
  if (question === undefined || !socket.writable) return;
  socket.write(question);
  await sleep(RESET_DELAY_MS);
  if (socket.writable) socket.write(''); // sends nothing, and still meets the reset
}

/** Bytes that change nothing of the response under way. */
function harmlessBytes({ open: [first] }: HttpConnection): string | undefined {
  if (first === undefined || first.response.writableLength > 0) return undefined;
  const { request, response } = first;
  // An interim response: clients of HTTP/1.1 must expect any number of them (RFC 9110, section 15.2).
  if (!response.headersSent)
    return request.httpVersion === '1.1' ? 'HTTP/1.1 100 Continue\r\n\r\n' : undefined;
  // A zero before the size of the next chunk.
  return response.chunkedEncoding && !response.writableEnded ? '0' : undefined;
}
