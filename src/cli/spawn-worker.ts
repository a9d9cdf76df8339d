import { fstatSync, type Stats } from 'node:fs';
import { isatty } from 'node:tty';
import { fileURLToPath } from 'node:url';
import { workerOutput } from '../arbiter/worker-output.ts';
import { TO_ARBITER } from '../dev/message-checks.ts';
import { DevWorkerHandle } from '../dev/parent/dev-worker-handle.ts';
import { PRELOAD_FLAGS } from '../worker/descendants/preload-flags.ts';

const WORKER_BOOT = fileURLToPath(new URL('../worker/boot.cjs', import.meta.url));

/**
 * Starts a worker of the development server, whose output goes where ours goes, with the flags of Node that we were started with.
 *
 * @param cwd Where we were started.
 */
export function spawnWorker(cwd: string): DevWorkerHandle {
  const { env, execArgv: flags, platform } = process;
  const output = workerOutput(env, {
    kindOf,
    areOne,
    // The streams are opened by their first use: that takes time, and a worker has to start.
    colourDepth: (fd) => (fd === 1 ? process.stdout : process.stderr).getColorDepth(env),
    stdout: () => process.stdout,
    stderr: () => process.stderr,
    platform,
  });
  return new DevWorkerHandle(
    { script: [WORKER_BOOT, 'dev'], env, flags, ownFlags: PRELOAD_FLAGS, cwd, checks: TO_ARBITER },
    output,
  );
}

function kindOf(fd: 1 | 2): 'terminal' | 'pipe' | 'other' {
  if (isatty(fd)) return 'terminal';
  const stats = statOf(fd);
  return stats?.isFIFO() || stats?.isSocket() ? 'pipe' : 'other';
}

function areOne(): boolean {
  const [out, error] = [statOf(1), statOf(2)];
  return out !== undefined && out.dev === error?.dev && out.ino === error.ino;
}

function statOf(fd: 1 | 2): Stats | undefined {
  try {
    return fstatSync(fd);
  } catch {
    return undefined; // It was closed by whoever started us.
  }
}
