import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { installLoader } from '../loader/installed.ts';
import { Resolver } from '../loader/resolve.ts';
import { SiteLoader } from '../loader/site-loader.ts';
import { SourceFiles, type SourceState } from '../loader/source-files.ts';
import { StackTraces } from '../loader/stack-trace.ts';
import { warmTransform } from '../loader/transform.ts';
import { cacheFileFor, TransformCache } from '../loader/transform-cache.ts';

/** Folder of this package. */
const OWN_ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** One batch of files as they are read: path and state of each. */
export type ReadFiles = readonly (readonly [file: string, state: SourceState])[];

/** All that runs a site's modules in this process. It can be made, and warmed, before there is anything to load. */
export class Runtime {
  readonly #root: string;
  readonly #cache: TransformCache;

  constructor(root: string) {
    this.#root = root;
    this.#cache = new TransformCache(cacheFileFor(root, process.env, homedir, existsSync));
  }

  /** Spends idle time on what a load would need: the native transform, cached transforms, the site's packages. */
  async warm(packages: readonly string[]): Promise<void> {
    this.#cache.warm();
    warmTransform();
    // Node loads what is behind the web's classes, 15 ms of it, when one of them is first touched.
    void globalThis.Response;
    for (const url of packages) {
      // One that fails will fail again, and be reported, when the site imports it.
      await import(url).catch(() => {});
    }
  }

  /**
   * Makes dotted paths lead to the site's modules from here on.
   *
   * @param onFiles Told of the files in batches: of all that an import needs before the first of them runs.
   */
  install(onFiles: (files: ReadFiles) => void): SiteLoader {
    let batch: (readonly [string, SourceState])[] = [];
    const flush = () => {
      if (batch.length > 0) onFiles(batch);
      batch = [];
    };
    const files = new SourceFiles((file, state) => {
      if (batch.length === 0) setImmediate(flush);
      batch.push([file, state]);
    });
    const stackTraces = new StackTraces();
    stackTraces.install();
    const resolver = new Resolver(OWN_ROOT);
    const loader = new SiteLoader(this.#root, {
      files,
      resolver,
      cache: this.#cache,
      stackTraces,
      onLinked: flush,
    });
    installLoader(loader);
    return loader;
  }

  /** Keeps what was transformed for the next process. */
  saveCache(): void {
    this.#cache.save();
  }
}
