import { type ChildProcess, spawn } from 'node:child_process';
import { HAS_GROUPS } from '../../arbiter/process-group.ts';
import { TscOutput, type TypeProblem } from './tsc-output.ts';

/**
 * Starts the compiler for the project in a folder. With `--watch`, it becomes the leader of a process group.
 *
 * @param program The path of `tsc`.
 * @param flags Further flags. Those for readable output are always added.
 * @param onRound Called with all errors each time the compiler has checked everything.
 * @param onChange Called when the compiler begins to check a change.
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
  child.on('error', () => {}); // 'close' follows in any case.
  return child;
}
