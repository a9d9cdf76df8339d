import type { SourceLocation } from '../../errors.ts';
import { readTextIfThere } from '../../files/regular-file.ts';
import { loadedSpecifiers, originsOf } from './import-statements.ts';

/** Returns the file of the site that an import leads to. */
export type FollowImport = (specifier: string, importer: string) => string | undefined;

interface ThrownFacts {
  readonly name: string;
  readonly message: string;
}

/**
 * Finds the import cycle behind an error: a module read a binding of another one that had not run yet.
 *
 * @param location Where the error was thrown.
 * @returns The files in the order of their imports, the first one at the end again.
 */
export function cycleBehind(
  error: ThrownFacts,
  location: SourceLocation,
  follow: FollowImport,
): readonly string[] | undefined {
  const { file, line = 1 } = location;
  const source = readTextIfThere(file);
  if (source === undefined) return undefined;
  for (const name of namesRead(error, source.split('\n')[line - 1] ?? '')) {
    for (const specifier of originsOf(source, name)) {
      const origin = follow(specifier, file);
      const way = origin === undefined ? undefined : wayBetween(origin, file, follow);
      if (way !== undefined) return [...way, way[0]!];
    }
  }
  return undefined;
}

/** The names in a line that may be the one in the error. */
function namesRead({ name, message }: ThrownFacts, line: string): string[] {
  const [, early] =
    name === 'ReferenceError' ? (/^Cannot access '(.+)' before initialization/.exec(message) ?? []) : [];
  if (early !== undefined) {
    // The message has the exported name, the imported name, or the name after the namespace.
    return [early, ...namesIn(line)];
  }
  if (name !== 'TypeError' || !message.startsWith('Class extends value undefined')) return [];
  const [, base] = /\bextends\s+([\w$]+)/.exec(line) ?? [];
  return base === undefined ? [] : [base];
}

function namesIn(line: string): string[] {
  return line.match(/(?<![\w$.])[A-Za-z_$][\w$]*/g) ?? [];
}

/** The shortest chain of imports, both ends included. */
function wayBetween(from: string, to: string, follow: FollowImport): string[] | undefined {
  const ways = new Map([[from, [from]]]);
  for (const [file, way] of ways) {
    if (file === to) return way;
    for (const specifier of loadedSpecifiers(readTextIfThere(file) ?? '')) {
      const next = follow(specifier, file);
      if (next !== undefined && !ways.has(next)) ways.set(next, [...way, next]);
    }
  }
  return undefined;
}
