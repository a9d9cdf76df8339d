import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { checkedSettings } from '../../conf/load.ts';
import { settingsNotes } from '../../conf/settings-notes.ts';
import { PACKAGE_ROOT } from '../../files/package-root.ts';
import type { GraphParts } from '../../loader/graph-parts.ts';
import { installLoader } from '../../loader/imports/installed-loader.ts';
import { installSiteHooks } from '../../loader/native/site-hooks.ts';
import { StackTraces } from '../../loader/positions/stack-trace.ts';
import { nodeConditions } from '../../loader/resolve/conditions.ts';
import { PackageManifests } from '../../loader/resolve/package-manifests.ts';
import { Resolver } from '../../loader/resolve/resolver.ts';
import { TsconfigReader } from '../../loader/resolve/tsconfig.ts';
import { type Heritage, SiteLoader } from '../../loader/site-loader.ts';
import { SourceFiles, type SourceState } from '../../loader/sources/source-files.ts';
import { warmTransform } from '../../loader/transform/transform.ts';
import { cacheFileFor, TransformCache } from '../../loader/transform/transform-cache.ts';
import { prepareRequests } from '../../web/request/build-request.ts';
import { keepNativeResponse } from '../../web/response/native-response.ts';
import { watchDescendants } from '../descendants/watch-descendants.ts';
import type { ReadFiles } from './read-files.ts';

/** Enough that the site's own frames are included when a library fails many calls deep. */
const STACK_FRAMES = 50;

/** A state that no file has. */
const EDITED = 0;

/** The template site, which every installation of this package has. */
const TEMPLATE = path.join(PACKAGE_ROOT, 'templates/project');

interface SiteRuntimeOptions {
  /** Whether a debugger may attach. @default false */
  readonly isInspected?: boolean;
  /** Replacements of builtins for the site's modules, by URL. */
  readonly builtins?: ReadonlyMap<string, object> | undefined;
}

/** The parts that run a site's modules in this process. They can be created and warmed up before the site is known. */
export class SiteRuntime {
  readonly loader: SiteLoader;
  readonly #onFiles: (files: ReadFiles) => void;
  readonly #since = Date.now();
  readonly #files: SourceFiles;
  readonly #cache: TransformCache;
  #batch: (readonly [string, SourceState])[] = [];
  #isInUse = false;
  #isWatching = false;
  readonly #isInspected: boolean;
  readonly #stackTraces = new StackTraces();

  /**
   * @param onFiles Called with batches of files. One batch has all files of an import, before the first of them runs.
   */
  constructor(
    root: string,
    onFiles: (files: ReadFiles) => void,
    { isInspected = false, builtins }: SiteRuntimeOptions = {},
  ) {
    this.#onFiles = onFiles;
    this.#isInspected = isInspected;
    this.#cache = new TransformCache(cacheFileFor(root, process.env, homedir, existsSync));
    this.#files = new SourceFiles((file, state) => {
      if (this.#batch.length === 0) setImmediate(() => this.#flush());
      this.#batch.push([file, state]);
    });
    this.#stackTraces.install();
    Error.stackTraceLimit = Math.max(Error.stackTraceLimit, STACK_FRAMES);
    this.loader = createLoader(root, {
      files: this.#files,
      cache: this.#cache,
      stackTraces: this.#stackTraces,
      isInspected,
      onLinked: () => this.#flush(),
      builtins,
      beforeGlobalUse() {
        keepNativeResponse();
        prepareRequests();
      },
    });
  }

  /** Whether a site's modules are installed in this process. */
  get isInUse(): boolean {
    return this.#isInUse;
  }

  /** Uses idle time to prepare the next load: the native transform, the site's packages, its compiled modules. */
  async warm({ packages, entries }: Heritage): Promise<void> {
    keepNativeResponse();
    this.#watchDescendants();
    warmTransform();
    await this.loader.preload(packages);
    // Node loads its web classes at the first use of one of them (`bench/first-use.js`).
    const { Response } = await import('../../handler/http/index.ts');
    void new Response('').headers;
    // A debugger would show a file twice that changes later.
    if (!this.#isInUse && !this.#isInspected) {
      this.loader.prepare(entries);
      // An error here, such as too many open files, only makes the next load slower.
      await this.#rehearseLoad().catch(() => {});
    }
  }

  /**
   * Makes dotted paths lead to the site's modules from now on.
   *
   * @param touched Files that may have changed since `warm()`.
   */
  install(touched: readonly string[]): SiteLoader {
    this.#flush();
    this.#isInUse = true;
    // Changed files are read again first. Their old states would be a batch of their own, and look like another change.
    this.loader.refresh(touched);
    this.#files.tellAgain(touched);
    installLoader(this.loader);
    installSiteHooks({ shared: () => this.loader, isDescendant: false });
    this.#watchDescendants();
    return this.loader;
  }

  /** Makes the site's modules importable in a thread or a child process. The hooks are installed there already. */
  serveDescendant(): SiteLoader {
    this.#isInUse = true;
    installLoader(this.loader);
    return this.loader;
  }

  /** Saves transformed modules for the next process. */
  saveCache(): void {
    this.#cache.save();
  }

  /**
   * Loads the settings of a new site in the same way as after an edit, without reports. So V8 compiles the code that
   * loads a site (`bench/reload.js`).
   */
  async #rehearseLoad(): Promise<void> {
    const files = new SourceFiles();
    const loader = createLoader(TEMPLATE, {
      files,
      cache: new TransformCache(),
      stackTraces: this.#stackTraces,
      isInspected: false,
    });
    const settings = path.join(TEMPLATE, 'project_name', 'settings.ts');
    loader.prepare([settings]);
    files.states.set(settings, EDITED);
    loader.refresh([settings]);
    settingsNotes(checkedSettings(await loader.importFile(settings)));
  }

  #watchDescendants(): void {
    if (!this.#isWatching) watchDescendants(this.loader, this.#onFiles);
    this.#isWatching = true;
  }

  #flush(): void {
    if (this.#batch.length === 0) return;
    this.#onFiles({ files: this.#batch.splice(0), since: this.#since, isAhead: !this.#isInUse });
  }
}

function createLoader(
  root: string,
  parts: Omit<GraphParts, 'resolver' | 'tsconfigs' | 'manifests'>,
): SiteLoader {
  const tsconfigs = new TsconfigReader(parts.files);
  const manifests = new PackageManifests(parts.files);
  const conditions = nodeConditions(process.execArgv, process.env.NODE_OPTIONS);
  const resolver = new Resolver(PACKAGE_ROOT, { files: parts.files, tsconfigs, manifests, conditions });
  return new SiteLoader(root, { ...parts, tsconfigs, manifests, resolver });
}
