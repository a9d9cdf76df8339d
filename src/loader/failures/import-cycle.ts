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
  /** The files in the order of their imports. The last one is the first one again. */
  readonly files: readonly string[];
  /** The place where one module read a binding of another. */
  readonly location: SourceLocation;
}

/**
 * Finds the import cycle that caused an error: a module read a binding of another module that had not run yet.
 *
 * @param location The place of the error. Its column may be that of an earlier name on the line.
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

/**
 * The column of a name. The source map has no entry for a use of an imported name, so it gives the column of an earlier
 * token.
 */
function columnOf(name: string, code: string, column: number): number {
  const pattern = new RegExp(`(?<![\\w$.])${name.replaceAll('$', '\\$')}(?![\\w$])`, 'g');
  pattern.lastIndex = column - 1;
  const found = pattern.exec(code);
  return found === null ? column : found.index + 1;
}

/** The names in a line that the error may be about. */
function namesRead({ name, message }: ThrownFacts, line: string): string[] {
  const [, early] =
    name === 'ReferenceError' ? (/^Cannot access '(.+)' before initialization/.exec(message) ?? []) : [];
  if (early !== undefined) {
    // V8's message may contain the exported name, the imported name, or the name after `namespace.`.
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

/** The shortest chain of imports between two files, with both of them. */
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
