import path from 'node:path';
import { isFile } from '../find-module.ts';

/** Where an import by a path leads. Undefined for one by a name. */
export function pathOfImport(specifier: string, importer: string): string | undefined {
  return /^\.{0,2}\//.test(specifier) ? path.resolve(path.dirname(importer), specifier) : undefined;
}

/** The file that an import by a path leads to, as Node follows it: nothing is completed. */
export function followPath(specifier: string, importer: string): string | undefined {
  const file = pathOfImport(specifier, importer);
  return file !== undefined && isFile(file) ? file : undefined;
}
