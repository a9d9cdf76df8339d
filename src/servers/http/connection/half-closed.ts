import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpConnection } from './connection.ts';

/** The delay of the probe. Most responses are complete by then and need no probe. */
const QUESTION_DELAY_MS = 50;
/** How long to wait for a reset by the client's system. */
const RESET_DELAY_MS = 20;
/** Where no probe is possible, a client without any activity counts as disconnected after this time. */
const TIMEOUT_MS = 5_000;

/**
 * Checks whether a client that has closed its sending side still reads, as `nc -N` does, or has disconnected. The
 * difference shows only when data is sent: the system of a disconnected client answers with a reset, which the next
 * write detects.
 */
export async function checkHalfClosed(connection: HttpConnection): Promise<void> {
  const { socket } = connection;
  if (socket.writableFinished) return; // The last response has been sent.
  socket.setTimeout(TIMEOUT_MS);
  await sleep(QUESTION_DELAY_MS);
  const question = harmlessBytes(connection);
  if (question === undefined || !socket.writable) return;
  socket.write(question);
  await sleep(RESET_DELAY_MS);
  if (socket.writable) socket.write(''); // Sends no data, but detects the reset.
}

/** Bytes that do not change the current response. */
function harmlessBytes({ open: [first] }: HttpConnection): string | undefined {
  if (first === undefined || first.response.writableLength > 0) return undefined;
  const { request, response } = first;
  // An interim response. Clients of HTTP/1.1 must accept any number of them (RFC 9110, section 15.2).
  if (!response.headersSent)
    return request.httpVersion === '1.1' ? 'HTTP/1.1 100 Continue\r\n\r\n' : undefined;
  // A zero in front of the next chunk size, which does not change it.
  return response.chunkedEncoding && !response.writableEnded ? '0' : undefined;
}
