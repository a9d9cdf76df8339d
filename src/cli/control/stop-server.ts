import { setTimeout as delay } from 'node:timers/promises';
import { CommandError } from '../../errors.ts';
import { ANSWER_TIMEOUT_MS } from '../../production/control/control-client.ts';
import type { StopMode } from '../../production/control/controllable.ts';
import { listProcesses } from '../../worker/descendants/process-list.ts';
import { type Choice, connectToServer } from './choose-server.ts';

/** Additional time for a busy machine after the time that the server has announced. */
const GRACE_MS = 5_000;
const POLL_MS = 20;

/**
 * Stops a server. @returns its process id after its end. @throws {CommandError} with the remaining requests after the
 * announced time.
 */
export async function stopServer(choice: Choice, mode: StopMode): Promise<number> {
  const client = await connectToServer(choice);
  const { pid = 0, withinMs = 0 } = await client.ask({ command: 'stop', mode }, ANSWER_TIMEOUT_MS);
  const deadline = Date.now() + withinMs + GRACE_MS;
  // The process closes the connection at its end, or shortly before.
  const isClosed = await client.ended(deadline - Date.now());
  client.close();
  while (isClosed && isThere(pid) && Date.now() < deadline) await delay(POLL_MS);
  if (!isThere(pid)) return pid;
  const seconds = Math.round((withinMs + GRACE_MS) / 1000);
  throw new CommandError(`Process ${pid} has not ended after ${seconds} s. ${await describeRest(choice)}`, {
    hint:
      mode === 'quick'
        ? `End it with: kill -9 ${pid}`
        : `Do not wait for its requests: ${choice.command} stop --quick`,
  });
}

function isThere(pid: number): boolean {
  return listProcesses().some((process) => process.pid === pid);
}

async function describeRest(choice: Choice): Promise<string> {
  try {
    const client = await connectToServer(choice);
    const { status } = await client.ask({ command: 'status' }, ANSWER_TIMEOUT_MS);
    client.close();
    const workers = status!.sites.flatMap((site) => site.workers);
    if (workers.length === 0) return 'No worker is left.';
    return `Left: ${workers.map(({ pid, inFlight }) => `worker ${pid} with ${inFlight} requests`).join(', ')}.`;
  } catch {
    return 'It does not answer.';
  }
}
