import type { LoadedSettings } from '../conf/load.ts';
import { readNamedSettings } from '../conf/named-settings.ts';
import { shownPath, shownPlace } from '../files/shown-path.ts';
import { findModule } from '../loader/find-module.ts';
import { isDottedPath, splitObjectPath } from '../loader/imports/dotted-path.ts';
import type { Finding } from './finding.ts';
import { settingPlace } from './settings-checks.ts';

/**
 * Findings about a `wsgi.ts` that no server runs, and about a `wsgi.ts` that names settings that do not exist, so that
 * other servers cannot run it.
 */
export function wsgiFindings(root: string, settings: LoadedSettings): Finding[] {
  const { WSGI_APPLICATION: named } = settings.values;
  const path = named ? splitObjectPath(named) : undefined;
  if (path !== undefined) return namedSettings(root, path.module);
  if (settings.module === null) return [];
  const module = [...settings.module.split('.').slice(0, -1), 'wsgi'].join('.');
  const { file } = findModule(root, module);
  if (file === undefined) return [];
  return [
    {
      id: 'wsgi.W001',
      message: `${shownPath(file, root)} is not used: WSGI_APPLICATION is not set.`,
      hint: `Add to the settings: export const WSGI_APPLICATION = '${module}.application';`,
      place: settingPlace(settings, 'WSGI_APPLICATION'),
    },
  ];
}

/** Other servers import only this module, so it must select the settings. */
function namedSettings(root: string, module: string): Finding[] {
  const { file } = findModule(root, module);
  const named = file === undefined ? undefined : readNamedSettings(file);
  if (named === undefined || !isDottedPath(named.dotted)) return [];
  if (findModule(root, named.dotted).file !== undefined) return [];
  return [
    {
      id: 'wsgi.W002',
      message: `DJANGO_SETTINGS_MODULE is set to '${named.dotted}', but there is no such module.`,
      hint: 'Correct the name: a server that imports only this module uses these settings.',
      place: shownPlace(named.location, root),
    },
  ];
}
