import path from 'node:path';
import { isFile } from '../find-module.ts';

/** The path that an import names. Undefined for an import of a package. */
export function pathOfImport(specifier: string, importer: string): string | undefined {
  return /^\.{0,2}\//.test(specifier) ? path.resolve(path.dirname(importer), specifier) : undefined;
}

/** The file that an import names by its path, by Node's rules: no extension is added. */
export function followPath(specifier: string, importer: string): string | undefined {
  const file = pathOfImport(specifier, importer);
  return file !== undefined && isFile(file) ? file : undefined;
}
