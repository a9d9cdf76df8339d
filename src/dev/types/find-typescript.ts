import { createRequire } from 'node:module';
import path from 'node:path';
import { readTextIfThere } from '../../files/regular-file.ts';
import { statIfThere } from '../../files/stat-if-there.ts';

/** What it can do with `--watch` and without colours is the same from here on. */
const OLDEST_MAJOR = 5;

/** Whether a site has types to check. */
export function hasTypes(root: string): boolean {
  return statIfThere(path.join(root, 'tsconfig.json'))?.isFile() ?? false;
}

/** The program of the site's own TypeScript, of whichever version that is; undefined for none, and for an old one. */
export function findTypeScript(root: string): string | undefined {
  const manifest = findManifest(root);
  const source = manifest === undefined ? undefined : readTextIfThere(manifest);
  if (source === undefined) return undefined;
  const { version, bin } = readManifest(source);
  const program = typeof bin === 'object' ? bin?.tsc : bin;
  if (typeof program !== 'string' || !(Number.parseInt(String(version), 10) >= OLDEST_MAJOR))
    return undefined;
  return path.join(path.dirname(manifest!), program);
}

function findManifest(root: string): string | undefined {
  try {
    return createRequire(path.join(root, 'package.json')).resolve('typescript/package.json');
  } catch {
    return undefined; // The site has none.
  }
}

interface Manifest {
  readonly version?: unknown;
  readonly bin?: string | { readonly tsc?: unknown } | null;
}

function readManifest(source: string): Manifest {
  try {
    return JSON.parse(source) ?? {};
  } catch {
    return {}; // An installation that is half done.
  }
}
