import path from 'node:path';
import { namesIn } from '../../files/names-in.ts';

// Node 20 only: this file.
/**
 * Replaces patterns such as `test/*.test.ts` by the matching files. Only the file name may have a pattern. `node
 * --test` does this itself since Node 21. On Windows, npm's shell does not do it.
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
