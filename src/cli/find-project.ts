import { CommandError } from '../errors.ts';
import { findManifest, type NamedSettings } from '../worker/site/project-manifest.ts';
import { typedCommand } from './typed-command.ts';

export interface Project extends NamedSettings {
  /** The base of dotted paths. */
  readonly root: string;
}

/**
 * Finds the site to serve. Its root is the folder of the nearest `package.json` with a `startproject` field. Its
 * settings are named by `--settings`, otherwise by `DJANGO_SETTINGS_MODULE`, otherwise by that field.
 *
 * @param cwd The folder where the search begins, upwards.
 * @param option The option with which the user has named the settings.
 * @throws {CommandError} if no settings are named.
 */
export function findProject(
  cwd: string,
  env: NodeJS.ProcessEnv,
  settings?: string,
  option = '--settings',
): Project {
  const manifest = findManifest(cwd);
  const chosen =
    named(settings, option) ??
    named(env.DJANGO_SETTINGS_MODULE || undefined, 'DJANGO_SETTINGS_MODULE') ??
    manifest?.named;
  if (chosen !== undefined) return { root: manifest?.folder ?? cwd, ...chosen };
  throw new CommandError(`No site found: no settings module is named in ${cwd} or above.`, {
    hint:
      `Go to a site’s folder, or create one with: ${typedCommand('startproject', ['mysite'])} (Searched: --settings, ` +
      'DJANGO_SETTINGS_MODULE, and "startproject": { "settings": "mysite.settings" } in package.json.)',
  });
}

/** The root of the project that contains a folder, even if no settings are named. */
export function findProjectRoot(cwd: string): string {
  return findManifest(cwd)?.folder ?? cwd;
}

function named(settings: string | undefined, name: string): NamedSettings | undefined {
  return settings === undefined ? undefined : { settings, settingsSource: { name } };
}
