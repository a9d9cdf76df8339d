import { type StdioOptions, spawn } from 'node:child_process';
import { CommandError } from '../../errors.ts';

interface ToolOptions {
  readonly cwd: string;
  readonly signal: AbortSignal;
  readonly stdio: StdioOptions;
}

/** Runs another program to its end. @throws {CommandError} if it is missing or fails. */
export async function runTool(command: string, args: readonly string[], options: ToolOptions): Promise<void> {
  const { signal, ...rest } = options;
  signal.throwIfAborted();
  // On Windows, package managers are .cmd files, which need a shell. No argument comes from the user.
  const child = spawn(command, args, { ...rest, shell: process.platform === 'win32' });
  const stop = () => child.kill();
  signal.addEventListener('abort', stop);
  const outcome = await new Promise<number | NodeJS.Signals | Error>((resolve) => {
    child.once('error', resolve);
    child.once('exit', (code, killer) => resolve(code ?? killer!));
  });
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  if (outcome === 0) return;
  const line = `'${[command, ...args].join(' ')}'`;
  if (!(outcome instanceof Error)) throw new CommandError(`${line} failed with ${outcome}.`);
  const isMissing = (outcome as NodeJS.ErrnoException).code === 'ENOENT';
  const reason = isMissing ? `${command} was not found` : outcome.message;
  throw new CommandError(`Could not run ${line}: ${reason}.`, { cause: outcome });
}
