import path from 'node:path';
import type { SourceFiles } from '../sources/source-files.ts';
import type { ModuleRecord } from './module-record.ts';

/** A file that came or went may change where imports lead; package.json and tsconfig.json what sources mean. */
export function isFarReaching(
  file: string,
  files: SourceFiles,
  records: ReadonlyMap<string, ModuleRecord>,
): boolean {
  const isData = path.basename(file) !== 'package.json' && records.has(file);
  return files.cameOrWent(file) || (file.endsWith('.json') && !isData);
}
