import { readdirSync } from 'node:fs';

/** The paths of all files and folders below `folder`, sorted. */
export function treeOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
}
