import { findModule } from '../../loader/find-module.ts';
import { splitObjectPath } from '../../loader/imports/dotted-path.ts';
import type { SiteLoader } from '../../loader/site-loader.ts';

/**
 * Makes the site's entry the main module, for code that searches the folder of its program by `process.argv[1]` or
 * `require.main`. Until the settings are loaded, the entry is the `wsgi` module beside them.
 *
 * @param dotted The dotted path of the application, or of the settings module.
 */
export function setMain(loader: SiteLoader, dotted: string, isApplication: boolean): void {
  const module = isApplication
    ? (splitObjectPath(dotted)?.module ?? dotted)
    : [...dotted.split('.').slice(0, -1), 'wsgi'].join('.');
  const file = findModule(loader.root, module).file ?? findModule(loader.root, dotted).file;
  if (file === undefined || file === process.argv[1]) return; // The import of a missing file reports it.
  process.argv[1] = file;
  process.mainModule = loader.setMain(file) as NodeJS.Module;
}
