import { isatty } from 'node:tty';
import { WorkerHandle } from '../arbiter/worker-handle.ts';
import { workerOutput } from '../arbiter/worker-output.ts';

/**
 * Starts a worker, whose output goes where ours goes, with the flags of Node that we were started with.
 *
 * @param cwd Where we were started.
 */
export function spawnWorker(cwd: string): WorkerHandle {
  const { env, execArgv: flags, platform } = process;
  const output = workerOutput(env, {
    isTerminal: isatty,
    stdout: () => process.stdout,
    stderr: () => process.stderr,
    platform,
  });
  return new WorkerHandle({ env, flags, cwd }, output);
}
