import { ImproperlyConfigured } from '../errors.ts';
import { installedLoader, type LoadedModule } from './installed.ts';

/**
 * Imports the module that a dotted path names, `mysite.urls`, from the project root.
 *
 * @throws {ImproperlyConfigured} when there is no such module, or when it fails to load.
 */
export async function importModule(dotted: string): Promise<LoadedModule> {
  const loader = installedLoader() ?? (await import('./native-loader.ts')).nativeLoader(process.cwd());
  return loader.importModule(dotted);
}

/**
 * Imports what a dotted path names: `mysite.wsgi.application` or `mysite.wsgi:application`. After a colon the
 * attribute may be nested.
 *
 * @param path What to import.
 * @param setting Who asks, for the message: `WSGI_APPLICATION`.
 * @throws {ImproperlyConfigured} for a path without a dot, a missing module, one that fails to load, or a
 *   missing export.
 */
export async function importObject(path: string, setting?: string): Promise<unknown> {
  throw new ImproperlyConfigured(`not yet: ${path} ${setting}`);
}
