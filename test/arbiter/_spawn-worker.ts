import path from 'node:path';
import { WorkerHandle } from '../../src/arbiter/worker-handle.ts';
import type { SharedToArbiter, SharedToWorker } from '../../src/worker/messages.ts';
import { SHARED_TO_ARBITER } from '../../src/worker/sealed-messages.ts';
import type { Behaviour } from './_prefork-worker.ts';

export type Worker = WorkerHandle<SharedToArbiter, SharedToWorker>;

/** Starts a worker process. Nobody reads what it prints. */
export function spawnWorker(script: string, behaviour: Partial<Behaviour> = {}, cutOffMs?: number): Worker {
  const { env, execPath } = process;
  const args = JSON.stringify({ role: 'production', says: 'one', ...behaviour } satisfies Behaviour);
  return new WorkerHandle(
    {
      script: [script, args],
      env,
      flags: [],
      cwd: path.dirname(script),
      checks: SHARED_TO_ARBITER,
      cutOffMs,
    },
    {
      env: {},
      stdio: ['pipe', 'pipe'],
      command: (execArgv) => ({ execPath, execArgv }),
      forward: ({ stdout, stderr }) => [stdout, stderr].forEach((output) => void output?.resume()),
    },
  );
}
