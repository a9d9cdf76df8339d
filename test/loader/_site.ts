import { fileURLToPath } from 'node:url';
import type { LoadedModule } from '../../src/loader/imports/installed-loader.ts';
import { StackTraces } from '../../src/loader/positions/stack-trace.ts';
import { PackageManifests } from '../../src/loader/resolve/package-manifests.ts';
import { Resolver } from '../../src/loader/resolve/resolver.ts';
import { TsconfigReader } from '../../src/loader/resolve/tsconfig.ts';
import { SiteLoader } from '../../src/loader/site-loader.ts';
import { SourceFiles } from '../../src/loader/sources/source-files.ts';
import { TransformCache } from '../../src/loader/transform/transform-cache.ts';
import { type Files, temporaryFolder } from '../_temp-folder.ts';

const OWN_ROOT = fileURLToPath(new URL('../..', import.meta.url));

type MoreParts = Pick<ConstructorParameters<typeof SiteLoader>[1], 'isIdle' | 'beforeGlobalUse'>;

export interface Site {
  readonly root: string;
  readonly loader: SiteLoader;
  readonly files: SourceFiles;
  readonly stackTraces: StackTraces;
}

/** A site in a temporary folder, an ES module package unless its files say otherwise, and a loader for it. */
export function createSite(files: Files, more: MoreParts = {}): Site {
  const root = temporaryFolder({ 'package.json': '{"type":"module"}', ...files });
  const sources = new SourceFiles();
  const stackTraces = new StackTraces();
  stackTraces.install();
  const tsconfigs = new TsconfigReader(sources);
  const manifests = new PackageManifests(sources);
  const parts = {
    files: sources,
    tsconfigs,
    manifests,
    resolver: new Resolver(OWN_ROOT, { files: sources, tsconfigs, manifests }),
    cache: new TransformCache(),
    stackTraces,
    ...more,
  };
  return { root, loader: new SiteLoader(root, parts), files: sources, stackTraces };
}

/** Loads the module `entry` of such a site and returns what it exports. */
export async function load(files: Files): Promise<LoadedModule['exports']> {
  return (await createSite(files).loader.importModule('entry')).exports;
}

/** What loading `entry` fails with. */
export async function failure(files: Files): Promise<Error & { hint?: string; codeFrame?: string }> {
  try {
    await load(files);
  } catch (error) {
    return error as Error;
  }
  throw new Error('The module loaded, and should have failed.');
}
