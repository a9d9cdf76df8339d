import path from 'node:path';
import { findByBase, findIndex } from '../find-module.ts';
import type { Lookups } from '../sources/lookups.ts';

/** For an extension in an import, the extensions of possible source files, in TypeScript's order. */
const SOURCE_ENDINGS: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx', '.js', '.jsx'],
  '.jsx': ['.tsx', '.jsx'],
  '.mjs': ['.mts', '.mjs'],
  '.cjs': ['.cts', '.cjs'],
};

/** The end of a specifier that names a folder and never a file, for TypeScript and for Node's `require()`. */
const FOLDER_ENDING = /(?:^|\/)\.{0,2}$/;

/** Whether a specifier can only name a folder: `./a/`, `..`. */
export function namesFolder(specifier: string): boolean {
  return FOLDER_ENDING.test(specifier);
}

export interface Found {
  /** Real path. */
  readonly file: string | undefined;
  /** The missing paths that were tried before. */
  readonly tried: readonly string[];
}

/**
 * Finds a source file by TypeScript's rules: `./a.js` may be `a.ts`, the extension may be left out, and a folder stands
 * for its index.
 *
 * @param isExact Whether the extension and the index must be written, as in a target of `exports`. @default false
 * @param isFolder Whether only the index of a folder can be meant: see `namesFolder()`. @default false
 */
export function findSource(
  target: string,
  lookups: Lookups,
  { isExact = false, isFolder = false } = {},
): Found {
  if (isFolder) {
    const { file, missing } = findIndex(target, (candidate) => lookups.file(candidate));
    return { file, tried: missing };
  }
  const extension = path.extname(target);
  const endings = SOURCE_ENDINGS[extension];
  const exact = endings ? endings.map((ending) => target.slice(0, -extension.length) + ending) : [target];
  for (const [index, candidate] of exact.entries()) {
    const file = lookups.file(candidate);
    if (file !== undefined) return { file, tried: exact.slice(0, index) };
  }
  if (isExact) return { file: undefined, tried: exact };
  const { file, missing } = findByBase(target, (candidate) => lookups.file(candidate));
  const json = `${target}.json`;
  const found = file ?? lookups.file(json);
  return { file: found, tried: [...exact, ...missing, ...(found === undefined ? [json] : [])] };
}
