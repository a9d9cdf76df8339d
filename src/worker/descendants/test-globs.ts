import path from 'node:path';
import { namesIn } from '../../files/names-in.ts';

// Node 20 only: this file.
/**
 * Replaces patterns such as `test/*.test.ts` by the files that they mean, in the file names of a path only: `node --test`
 * does so itself from Node 21 on, and the shell that npm uses on Windows does not.
 */
export function expandTestGlobs(args: readonly string[]): string[] {
  return args.flatMap((argument) => (path.basename(argument).includes('*') ? filesOf(argument) : argument));
}

function filesOf(pattern: string): string[] {
  const [folder, name] = [path.dirname(pattern), path.basename(pattern)];
  const expression = name
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  const names = namesIn(folder).filter((other) => new RegExp(`^${expression}$`).test(other));
  return names.length === 0 ? [pattern] : names.sort().map((other) => path.join(folder, other));
}
