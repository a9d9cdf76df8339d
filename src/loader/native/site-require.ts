import nativeModule from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Namespace } from '../records/module-record.ts';

/** Creates the `require()` function for a file of the site. */
type RequireFactory = (file: string) => NodeJS.Require;

/**
 * `node:module` for the site's modules. A `require()` from its `createRequire()` loads the site's files by our graph,
 * as `require` in a module does: TypeScript works, no file is loaded twice, and a changed file causes a reload.
 */
export function siteModuleBuiltin(requireOf: RequireFactory): typeof nativeModule {
  const createRequire: typeof nativeModule.createRequire = (filename) => {
    const native = nativeModule.createRequire(filename);
    const file = pathOf(filename);
    return file.split(path.sep).includes('node_modules') ? native : requireOf(file);
  };
  return new Proxy(nativeModule, {
    get: (target, name, receiver) =>
      name === 'createRequire' ? createRequire : Reflect.get(target, name, receiver),
  });
}

/** The namespace of a builtin: its properties are the named exports, and the object itself is the default export. */
export function builtinNamespace(builtin: object): Namespace {
  const named = Object.keys(builtin).map((name) => [name, Reflect.get(builtin, name)]);
  return Object.freeze({ __proto__: null, ...Object.fromEntries(named), default: builtin });
}

/** The path for `createRequire()`. A folder stands for any file in it. */
function pathOf(filename: string | URL): string {
  const isUrl = filename instanceof URL || filename.startsWith('file:');
  const file = isUrl ? fileURLToPath(filename) : filename;
  return file.endsWith(path.sep) ? path.join(file, 'noop.js') : file;
}
