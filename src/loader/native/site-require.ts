import nativeModule from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Namespace } from '../records/module-record.ts';

/** Makes the `require()` of a module of the site. */
type RequireFactory = (file: string) => NodeJS.Require;

/**
 * `node:module` as the site's modules see it. A `require()` from its `createRequire()` loads the site's files as the `require()`
 * of a module does: TypeScript runs, no file is loaded twice, and edits count.
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

/** The namespace of a builtin: its properties by name, and itself as the default. */
export function builtinNamespace(builtin: object): Namespace {
  const named = Object.keys(builtin).map((name) => [name, Reflect.get(builtin, name)]);
  return Object.freeze({ __proto__: null, ...Object.fromEntries(named), default: builtin });
}

/** For a folder, `createRequire()` resolves from any file in it. */
function pathOf(filename: string | URL): string {
  const isUrl = filename instanceof URL || filename.startsWith('file:');
  const file = isUrl ? fileURLToPath(filename) : filename;
  return file.endsWith(path.sep) ? path.join(file, 'noop.js') : file;
}
