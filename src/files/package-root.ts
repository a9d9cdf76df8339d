import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this package: a checkout, or a folder of a package manager. It ends with a separator. */
export const PACKAGE_ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The version in the package.json of a folder. @default that of this package */
export function packageVersion(root: string = PACKAGE_ROOT): string {
  return JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).version;
}
