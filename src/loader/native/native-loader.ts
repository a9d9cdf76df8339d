import { pathToFileURL } from 'node:url';
import { ImproperlyConfigured } from '../../errors.ts';
import { findModule } from '../find-module.ts';
import type { ModuleLoader } from '../imports/installed-loader.ts';
import { nativeImport } from '../imports/native-import.ts';
import { missingModuleError } from '../site-loader.ts';

/**
 * Loads modules by Node's own `import()`. It is used when the site runs on another server: Node removes the types, or
 * the site is compiled.
 */
export function nativeLoader(root: string): ModuleLoader {
  return {
    root,
    async importModule(dotted) {
      const { file, missing } = findModule(root, dotted);
      if (file === undefined) throw missingModuleError(root, dotted, missing);
      try {
        return { file, exports: await nativeImport(pathToFileURL(file).href) };
      } catch (error) {
        // A dynamic import, since that file imports the whole resolver.
        const { nativeFailure } = await import('./native-errors.ts');
        throw nativeFailure(error, file, root);
      }
    },
    importModuleSync(dotted) {
      throw new ImproperlyConfigured(`'${dotted}' is needed before it is loaded.`, {
        hint: 'Await getWsgiApplication() first, or call settings.configure().',
      });
    },
  };
}
