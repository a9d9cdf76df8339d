import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { foldersFrom } from '../../files/folders-above.ts';
import type { CommonjsModule, GraphAccess } from './graph-access.ts';

/** @param id Node calls the main module `.`. @default the file */
export function createCommonjsModule(file: string, graph: GraphAccess, id = file): CommonjsModule {
  let require: NodeJS.Require | undefined;
  // Seldom needed, and it takes a fifth of a millisecond.
  const native = () => {
    require ??= createRequire(file);
    return require;
  };
  const module: CommonjsModule = {
    exports: {},
    id,
    filename: file,
    path: path.dirname(file),
    get paths() {
      return packageFolders(path.dirname(file));
    },
    parent: undefined,
    children: [],
    loaded: false,
    require: ((specifier: string) => graph.requireFrom(specifier, file, module)) as NodeJS.Require,
  };
  function resolve(specifier: string, options?: { paths?: string[] }): string {
    if (options?.paths !== undefined) return native().resolve(specifier, options);
    const resolution = graph.resolve(specifier, file, 'require');
    if (resolution.kind !== 'external') return resolution.file;
    return resolution.url.startsWith('file:') ? fileURLToPath(resolution.url) : native().resolve(specifier);
  }
  const inspected = { configurable: true, enumerable: true };
  Object.defineProperty(resolve, 'paths', { get: () => native().resolve.paths, ...inspected });
  Object.defineProperties(module.require, {
    resolve: { value: resolve, writable: true, ...inspected },
    main: { get: () => graph.main, ...inspected },
    cache: { get: () => graph.requireCache(native().cache), ...inspected },
    extensions: { get: () => native().extensions, ...inspected },
  });
  return module;
}

/** What an object of the site's modules by file is made of. */
export interface LoadedModules {
  get(file: string): CommonjsModule | undefined;
  files(): string[];
  /** @returns whether it was there. */
  forget(file: string): boolean;
}

/** Node's `require.cache`, with the site's modules in it. One that is deleted runs anew when it is required. */
export function requireCache(
  modules: LoadedModules,
  native: NodeJS.Dict<NodeJS.Module>,
): NodeJS.Dict<NodeJS.Module> {
  return new Proxy(native, {
    get: (target, file) => modules.get(String(file)) ?? Reflect.get(target, file),
    has: (target, file) => modules.get(String(file)) !== undefined || Reflect.has(target, file),
    ownKeys: (target) => [...new Set([...modules.files(), ...Reflect.ownKeys(target)])],
    deleteProperty: (target, file) => modules.forget(String(file)) || Reflect.deleteProperty(target, file),
    getOwnPropertyDescriptor(target, file) {
      const value = modules.get(String(file));
      if (value === undefined) return Reflect.getOwnPropertyDescriptor(target, file);
      return { value, writable: true, enumerable: true, configurable: true };
    },
  });
}

function packageFolders(folder: string): string[] {
  const folders = [...foldersFrom(folder)].filter((one) => path.basename(one) !== 'node_modules');
  return folders.map((one) => path.join(one, 'node_modules'));
}
