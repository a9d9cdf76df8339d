import type { SourceLocation } from '../../errors.ts';
import { readTextIfThere } from '../../files/regular-file.ts';
import { loadedSpecifiers, originsOf } from './import-statements.ts';

/** Returns the file of the site that an import leads to. */
export type FollowImport = (specifier: string, importer: string) => string | undefined;

interface ThrownFacts {
  readonly name: string;
  readonly message: string;
}

interface ImportCycle {
  /** In the order of their imports, the first one at the end again. */
  readonly files: readonly string[];
  /** Where something of another was read. */
  readonly location: SourceLocation;
}

/**
 * Finds the import cycle behind an error: a module read a binding of another one that had not run yet.
 *
 * @param location Where the error was thrown; its column may be that of a name before the one that was read.
 */
export function cycleBehind(
  error: ThrownFacts,
  location: SourceLocation,
  follow: FollowImport,
): ImportCycle | undefined {
  const { file, line = 1, column = 1 } = location;
  const source = readTextIfThere(file);
  if (source === undefined) return undefined;
  const code = source.split('\n')[line - 1] ?? '';
  for (const name of namesRead(error, code)) {
    for (const specifier of originsOf(source, name)) {
      const origin = follow(specifier, file);
      const way = origin === undefined ? undefined : wayBetween(origin, file, follow);
      if (way === undefined) continue;
      const files = [...way, way[0]!];
      return { files, location: { ...location, column: columnOf(name, code, column) } };
    }
  }
  return undefined;
}

/** The source map of a transformed module has no place of its own for a name that is imported, but one before it. */
function columnOf(name: string, code: string, column: number): number {
  const pattern = new RegExp(`(?<![\\w$.])${name.replaceAll('$', '\\$')}(?![\\w$])`, 'g');
  pattern.lastIndex = column - 1;
  const found = pattern.exec(code);
  return found === null ? column : found.index + 1;
}

/** The names in a line that may be the one in the error. */
function namesRead({ name, message }: ThrownFacts, line: string): string[] {
  const [, early] =
    name === 'ReferenceError' ? (/^Cannot access '(.+)' before initialization/.exec(message) ?? []) : [];
  if (early !== undefined) {
    // The message has the exported name, the imported name, or the name after the namespace.
    const names = identifiersIn(line);
    return names.includes(early) ? [early, ...names] : [...names, early];
  }
  if (name !== 'TypeError' || !message.startsWith('Class extends value undefined')) return [];
  const [, base] = /\bextends\s+([\w$]+)/.exec(line) ?? [];
  return base === undefined ? [] : [base];
}

function identifiersIn(line: string): string[] {
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
