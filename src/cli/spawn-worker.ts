import { existsSync } from 'node:fs';
import { isatty } from 'node:tty';
import { fileURLToPath } from 'node:url';
import type { WorkerStart } from '../arbiter/worker-handle.ts';
import { type Output, type Outputs, type WorkerOutput, workerOutput } from '../arbiter/worker-output.ts';
import { TO_ARBITER } from '../dev/message-checks.ts';
import { DevWorkerHandle } from '../dev/parent/dev-worker-handle.ts';
import { foldersFrom } from '../files/folders-above.ts';
import { fstatIfOpen } from '../files/stat-if-there.ts';
import { PRELOAD_FLAGS } from '../worker/descendants/preload-flags.ts';
import type { Message } from '../worker/messages.ts';
import type { Checks } from '../worker/sealed-messages.ts';
import { HANDLERS_TIMEOUT_MS } from '../worker/stop.ts';

const WORKER_BOOT = fileURLToPath(new URL('../worker/boot.cjs', import.meta.url));

/**
 * Starts a worker of the development server, with our outputs and our flags for Node.
 *
 * @param cwd The folder where we were started.
 * @param beforeOutput Called before output of the worker is printed.
 */
export function spawnWorker(cwd: string, beforeOutput: () => void): DevWorkerHandle {
  const after = (stream: NodeJS.WriteStream): Output => ({
    write(bytes, onWritten) {
      beforeOutput();
      return stream.write(bytes, onWritten);
    },
  });
  const outputs = { stdout: () => after(process.stdout), stderr: () => after(process.stderr) };
  return new DevWorkerHandle(
    { ...workerStart('dev', cwd, TO_ARBITER), cutOffMs: HANDLERS_TIMEOUT_MS },
    workerOutput(process.env, { ...OURS, ...outputs }),
  );
}

/** Returns a function that starts a worker of a role, with the flags of Node that this process was started with. */
export function workerStart<In extends Message>(
  role: 'dev' | 'production' | 'production/config-process',
  cwd: string,
  checks: Checks<In>,
  env: NodeJS.ProcessEnv = process.env,
): WorkerStart<In> {
  const { execArgv: flags } = process;
  // The folder may not exist any more: an old release was removed, or the project was moved. A process cannot be
  // started there.
  const folder = [cwd, process.cwd(), ...foldersFrom(cwd)].find((folder) => existsSync(folder))!;
  return { script: [WORKER_BOOT, role], env, flags, ownFlags: PRELOAD_FLAGS, cwd: folder, checks };
}

/**
 * The outputs for workers: ours by default.
 *
 * @param instead Receives the output of each worker separately. @default our outputs, unchanged
 */
export function ourOutput(instead?: Pick<Outputs, 'stdout' | 'stderr'>): WorkerOutput {
  if (instead === undefined) return workerOutput(process.env, OURS);
  return workerOutput(process.env, {
    ...OURS,
    kindOf: (fd) => (fd === 2 ? 'pipe' : kindOf(fd, false)),
    areOne: () => false,
    ...instead,
  });
}

const OURS: Outputs = {
  kindOf: (fd) => kindOf(fd, true),
  areOne,
  // Reading the streams opens them, which takes time while a worker has to start.
  colourDepth: (fd) => (fd === 1 ? process.stdout : process.stderr).getColorDepth(process.env),
  stdout: () => process.stdout,
  stderr: () => process.stderr,
  platform: process.platform,
};

/**
 * @param passesOn Whether output for a file also goes through this process, which removes Node's messages about its
 * inspector. Servers in production write to the file themselves.
 */
function kindOf(fd: 1 | 2, passesOn: boolean): 'terminal' | 'pipe' | 'other' {
  if (isatty(fd)) return 'terminal';
  const stats = fstatIfOpen(fd);
  const isPipe = stats?.isFIFO() || stats?.isSocket() || (passesOn && stats?.isFile());
  return isPipe ? 'pipe' : 'other';
}

function areOne(): boolean {
  const [out, error] = [fstatIfOpen(1), fstatIfOpen(2)];
  return out !== undefined && out.dev === error?.dev && out.ino === error.ino;
}
