import { once } from 'node:events';
import net, { type Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { FuzzCase } from './_case.ts';
import type { Received } from './_responses.ts';

/** A connection that is open longer than the longest time-out of the server has been forgotten. */
const HANG_TIMEOUT_MS = 45_000;
/** Half of the shortest time-out of the servers: whoever takes longer to send may be given up. */
const SLOW_MS = 500;
const MOST_KEPT_BYTES = 4 * 1024 * 1024;

/** Plays a case to its end. */
export async function play(
  { pieces, pauseMs, isDeaf, leaving }: FuzzCase,
  port: number,
): Promise<Received & { readonly isHanging: boolean; readonly isRefused: boolean }> {
  const startedAt = performance.now();
  const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let text = '';
  let isReset = false;
  socket.setEncoding('latin1');
  socket.on('error', (error: NodeJS.ErrnoException) => {
    isReset = true;
    if (error.code === 'ECONNREFUSED') isRefused = true;
  });
  let isRefused = false;
  const closed = new Promise<'closed'>((resolve) => socket.once('close', () => resolve('closed')));
  const ended = new Promise<'ended'>((resolve) => socket.once('end', () => resolve('ended')));
  const listen = () =>
    socket.on('data', (block: string) => {
      if (text.length < MOST_KEPT_BYTES) text += block;
      else if (leaving !== 'waits') socket.destroy(); // of what has no end, this is enough
    });
  if (!isDeaf) listen();
  await Promise.race([once(socket, 'connect').catch(() => {}), closed]);
  await send(socket, pieces, pauseMs);
  const isSlow = performance.now() - startedAt > SLOW_MS;
  if (isDeaf) listen();
  if (leaving === 'goes') socket.destroy();
  else if (leaving === 'resets') socket.resetAndDestroy();
  else if (leaving === 'half-closes') socket.end();
  const hang = new AbortController();
  const outcome = await Promise.race([
    ended,
    closed,
    pause(HANG_TIMEOUT_MS, 'hanging' as const, { signal: hang.signal }).catch(() => 'hanging' as const),
  ]);
  hang.abort();
  const isWhole = outcome === 'ended' && !isReset && !isSlow && text.length < MOST_KEPT_BYTES;
  socket.destroy();
  await closed;
  return { text, isWhole, isHanging: outcome === 'hanging', isRefused };
}

async function send(socket: Socket, pieces: readonly Buffer[], pauseMs: number): Promise<void> {
  for (const [i, piece] of pieces.entries()) {
    if (i > 0) await (pauseMs > 0 ? pause(pauseMs) : nextTurn());
    if (socket.destroyed) return;
    if (piece.length > 0) socket.write(piece);
  }
}
