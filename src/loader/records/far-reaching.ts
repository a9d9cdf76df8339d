import path from 'node:path';
import type { SourceFiles } from '../sources/source-files.ts';
import type { ModuleRecord } from './module-record.ts';

/**
 * Whether a change can affect more than the changed file. A new or deleted file can change the targets of imports;
 * package.json and tsconfig.json can change the meaning of sources.
 */
export function isFarReaching(
  file: string,
  files: SourceFiles,
  records: ReadonlyMap<string, ModuleRecord>,
): boolean {
  const isData = path.basename(file) !== 'package.json' && records.has(file);
  return files.cameOrWent(file) || (file.endsWith('.json') && !isData);
}
