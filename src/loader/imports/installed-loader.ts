/** A module of the site and the file that it came from. */
export interface LoadedModule {
  readonly file: string;
  readonly exports: Readonly<Record<string, unknown>>;
}

/**
 * The loader of the site's modules in this process. The commands install one that runs TypeScript and reports the loaded
 * files. Without one, Node's own `import()` is used.
 */
export interface ModuleLoader {
  /** The project root: where dotted paths begin. */
  readonly root: string;
  /** @throws {ImproperlyConfigured} for a missing module, and for one that failed to load. */
  importModule(dotted: string): Promise<LoadedModule>;
  /** The same synchronously, for lazy settings. @throws also when a module of the graph awaits at its top level. */
  importModuleSync(dotted: string): LoadedModule;
  /** Whether the loader has read a file to run it. */
  hasRead?(file: string): boolean;
}

// A registered symbol, since a site may hold a second copy of this package: both must see the same loader.
const LOADER = Symbol.for('startproject.loader');
const registry = globalThis as { [LOADER]?: ModuleLoader };

export function installLoader(loader: ModuleLoader): void {
  registry[LOADER] = loader;
}

export function installedLoader(): ModuleLoader | undefined {
  return registry[LOADER];
}
