import { isatty } from 'node:tty';
import { WorkerHandle } from '../arbiter/worker-handle.ts';
import { workerOutput } from '../arbiter/worker-output.ts';

/** Starts a worker, whose output goes where ours goes. */
export function spawnWorker(): WorkerHandle {
  const { env, platform } = process;
  const output = workerOutput(env, {
    isTerminal: isatty,
    stdout: () => process.stdout,
    stderr: () => process.stderr,
    platform,
  });
  return new WorkerHandle(env, output);
}
