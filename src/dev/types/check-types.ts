import { once } from 'node:events';
import { CommandError } from '../../errors.ts';
import { findTypeScript, hasTypes } from './find-typescript.ts';
import { spawnTsc } from './tsc.ts';
import type { TypeProblem } from './tsc-output.ts';

/**
 * Checks the types of a site once, by its own TypeScript.
 *
 * @returns the errors. `not-installed` when the site has types but no compiler. No errors when it has no
 *   `tsconfig.json`.
 * @throws {CommandError} when the compiler fails without a message.
 */
export async function checkTypes(root: string): Promise<readonly TypeProblem[] | 'not-installed'> {
  if (!hasTypes(root)) return [];
  const program = findTypeScript(root);
  if (program === undefined) return 'not-installed';
  let problems: readonly TypeProblem[] = [];
  const child = spawnTsc(program, root, [], (round) => {
    problems = round;
  });
  const [code, signal] = await once(child, 'close');
  if (code !== 0 && problems.length === 0) {
    throw new CommandError(
      `The TypeScript compiler ended with ${signal ?? `exit code ${code}`} and reported no error.`,
      {
        hint: `Run it: node ${program} --noEmit`,
      },
    );
  }
  return problems;
}
