import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { foldersFrom } from '../../files/folders-above.ts';
import type { GraphAccess } from '../records/graph-access.ts';
import type { CommonjsModule, ModuleRecord } from '../records/module-record.ts';

/** @param id The module's `id`. Node gives the main module the id `.`. @default the file */
export function createCommonjsModule(file: string, graph: GraphAccess, id = file): CommonjsModule {
  let require: NodeJS.Require | undefined;
  // Created at the first use, since few modules need Node's own `require()`.
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
    if (options?.paths !== undefined || typeof specifier !== 'string' || specifier === '')
      return native().resolve(specifier, options);
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

function packageFolders(folder: string): string[] {
  const folders = [...foldersFrom(folder)].filter((one) => path.basename(one) !== 'node_modules');
  return folders.map((one) => path.join(one, 'node_modules'));
}

/** Records that `parent` requires another module. As in Node, `module.parent` is the module that required it first. */
export function adopt(parent: CommonjsModule, { commonjs, state }: ModuleRecord): void {
  if (commonjs === undefined) return;
  if (state === 'linked') commonjs.parent ??= parent;
  if (!parent.children.includes(commonjs)) parent.children.push(commonjs);
}
