import { createRequire } from 'node:module';
import path from 'node:path';
import { readTextIfThere } from '../../files/regular-file.ts';
import { statIfThere } from '../../files/stat-if-there.ts';

/** The oldest version with the same `--watch` and the same output without colours as the newest one. */
const OLDEST_MAJOR = 5;

/** Whether a site has types to check. */
export function hasTypes(root: string): boolean {
  return statIfThere(path.join(root, 'tsconfig.json'))?.isFile() ?? false;
}

/** The path of `tsc` in the site's own TypeScript. Undefined when the site has none, or only an old version. */
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
    return undefined; // The site has no TypeScript.
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
    return {}; // The installation is not complete.
  }
}
