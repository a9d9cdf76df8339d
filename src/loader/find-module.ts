import { readdirSync } from 'node:fs';
import path from 'node:path';
import { statIfThere } from '../files/stat-if-there.ts';
import { nearest } from '../text/nearest.ts';

/** The file extensions of a site's modules, in the order in which they are tried. */
export const EXTENSIONS = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs'] as const;

export interface FoundModule {
  readonly file: string | undefined;
  /** The tried paths that do not exist. A file that appears there may fix the failure. */
  readonly missing: readonly string[];
}

/** Returns the path that a file is known by, such as its real path. Undefined when no file exists there. */
type Lookup = (file: string) => string | undefined;

const fileItself: Lookup = (file) => (isFile(file) ? file : undefined);

/** Finds the file of a dotted path below a root: `mysite.wsgi` is `mysite/wsgi.ts` or `mysite/wsgi/index.ts`. */
export function findModule(root: string, dotted: string, lookup: Lookup = fileItself): FoundModule {
  return findByBase(path.join(root, ...dotted.split('.')), lookup);
}

/** Finds `base.ts` and so on, then `base/index.ts` and so on. */
export function findByBase(base: string, lookup: Lookup = fileItself): FoundModule {
  return findByStem([base, path.join(base, 'index')], lookup);
}

/** Finds `folder/index.ts` and so on. */
export function findIndex(folder: string, lookup: Lookup = fileItself): FoundModule {
  return findByStem([path.join(folder, 'index')], lookup);
}

function findByStem(stems: readonly string[], lookup: Lookup): FoundModule {
  const missing: string[] = [];
  for (const stem of stems) {
    for (const extension of EXTENSIONS) {
      const file = lookup(stem + extension);
      if (file !== undefined) return { file, missing };
      missing.push(stem + extension);
    }
  }
  return { file: undefined, missing };
}

/** The dotted path of an existing module whose name is most similar. */
export function nearestModule(root: string, dotted: string): string | undefined {
  const found: string[] = [];
  let folder = root;
  for (const [index, segment] of dotted.split('.').entries()) {
    const isLast = index === dotted.split('.').length - 1;
    const names = listNames(folder, isLast);
    const name = names.includes(segment) ? segment : nearest(segment, names);
    if (name === undefined) return undefined;
    found.push(name);
    folder = path.join(folder, name);
  }
  const near = found.join('.');
  return near === dotted ? undefined : near; // The folder exists, but has no index file.
}

/** The dotted paths of the modules in a folder without an index. */
export function modulesIn(root: string, dotted: string): readonly string[] {
  const names = listNames(path.join(root, ...dotted.split('.')), true).map((name) => `${dotted}.${name}`);
  return names.filter((name) => findModule(root, name).file !== undefined).sort();
}

function listNames(folder: string, withFiles: boolean): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !entry.name.startsWith('.') && entry.name !== 'node_modules')
      .filter((entry) => entry.isDirectory() || (withFiles && EXTENSIONS.some((e) => entry.name.endsWith(e))))
      .map((entry) => (entry.isDirectory() ? entry.name : entry.name.slice(0, entry.name.lastIndexOf('.'))));
  } catch {
    return []; // The folder does not exist: there is nothing to suggest.
  }
}

export function isFile(file: string): boolean {
  return statIfThere(file)?.isFile() ?? false;
}
