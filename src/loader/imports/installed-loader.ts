/** A loaded module of the site and its file. */
export interface LoadedModule {
  readonly file: string;
  readonly exports: Readonly<Record<string, unknown>>;
}

/**
 * The loader of the site's modules in this process. The commands install one that runs TypeScript and reports the loaded
 * files. Without one, Node's own `import()` is used.
 */
export interface ModuleLoader {
  /** The project root. Dotted paths are relative to it. */
  readonly root: string;
  /** @throws {ImproperlyConfigured} for a missing module, and for one that failed to load. */
  importModule(dotted: string): Promise<LoadedModule>;
  /** Imports a module synchronously, for lazy settings. @throws also for a graph with a top-level `await`. */
  importModuleSync(dotted: string): LoadedModule;
  /** Whether the loader has read a file in order to run it. */
  hasRead?(file: string): boolean;
}

// A registered symbol: a site may have a second copy of this package, and both copies must use the same loader.
const LOADER = Symbol.for('startproject.loader');
const registry = globalThis as { [LOADER]?: ModuleLoader };

export function installLoader(loader: ModuleLoader): void {
  registry[LOADER] = loader;
}

export function installedLoader(): ModuleLoader | undefined {
  return registry[LOADER];
}
