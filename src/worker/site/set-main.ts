import { findModule } from '../../loader/find-module.ts';
import { splitObjectPath } from '../../loader/imports/dotted-path.ts';
import type { SiteLoader } from '../../loader/site-loader.ts';

/**
 * Makes the site's entry what the process runs, to those that look for their program's folder: `process.argv[1]`,
 * `require.main`. Before the settings have said which that is, it is the `wsgi` module beside them.
 *
 * @param dotted What `WSGI_APPLICATION` names, or the settings module.
 */
export function setMain(loader: SiteLoader, dotted: string, isApplication: boolean): void {
  const module = isApplication
    ? (splitObjectPath(dotted)?.module ?? dotted)
    : [...dotted.split('.').slice(0, -1), 'wsgi'].join('.');
  const file = findModule(loader.root, module).file ?? findModule(loader.root, dotted).file;
  if (file === undefined || file === process.argv[1]) return; // Importing what is missing will say so.
  process.argv[1] = file;
  process.mainModule = loader.setMain(file) as NodeJS.Module;
}
