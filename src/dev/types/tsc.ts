import { type ChildProcess, spawn } from 'node:child_process';
import { HAS_GROUPS } from '../../arbiter/process-group.ts';
import { TscOutput, type TypeProblem } from './tsc-output.ts';

/**
 * Starts the compiler on the project of a folder; with `--watch`, as the leader of a process group.
 *
 * @param program Its `tsc`.
 * @param flags Beside those that make its output readable.
 * @param onRound Called with all errors, each time that everything has been checked.
 * @param onChange Called when it begins to check a change.
 */
export function spawnTsc(
  program: string,
  root: string,
  flags: readonly string[],
  onRound: (problems: readonly TypeProblem[]) => void,
  onChange?: () => void,
): ChildProcess {
  const isWatch = flags.includes('--watch');
  const args = [program, '--noEmit', ...flags, '--pretty', 'false', '--locale', 'en', '--project', root];
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: isWatch && HAS_GROUPS,
  });
  const output = new TscOutput(onRound, onChange);
  child.stdout!.setEncoding('utf8').on('data', (text: string) => output.push(text));
  if (!isWatch) child.stdout!.on('end', () => output.end());
  child.on('error', () => {}); // 'close' comes in any case.
  return child;
}
