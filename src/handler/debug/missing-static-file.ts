import path from 'node:path';
import type { Settings } from '../../conf/index.ts';
import { namesIn } from '../../files/names-in.ts';
import { shownPath } from '../../files/shown-path.ts';
import { installedLoader } from '../../loader/imports/installed-loader.ts';
import { didYouMean } from '../../text/nearest.ts';

/** The message for a path below STATIC_URL that has no file; undefined for any other path. */
export function missingStaticFile(
  requestPath: string,
  { STATIC_URL, STATICFILES_DIRS: folders }: Readonly<Settings>,
): string | undefined {
  const prefix = `/${STATIC_URL.replace(/^\//, '')}`;
  if (folders.length === 0 || !requestPath.startsWith(prefix) || requestPath === prefix) return undefined;
  const name = requestPath.slice(prefix.length);
  const root = installedLoader()?.root ?? process.cwd();
  const shown = folders.map((folder) => `${shownPath(path.resolve(folder), root)}/`);
  const near = didYouMean(name, siblings(name, folders));
  return `There is no file '${name}' in ${shown.join(' or ')} (STATICFILES_DIRS).${near ? ` ${near}` : ''}`;
}

/** The names of some files in the same folder. There may be too many to show all. */
function siblings(name: string, folders: readonly string[]): string[] {
  const parts = name.split('/').slice(0, -1);
  if (parts.some((part) => part.startsWith('.'))) return [];
  return folders.flatMap((folder) =>
    namesIn(path.join(folder, ...parts)).map((file) => [...parts, file].join('/')),
  );
}
