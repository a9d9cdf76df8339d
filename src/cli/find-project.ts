import path from 'node:path';
import { CommandError, ImproperlyConfigured } from '../errors.ts';
import { foldersFrom } from '../files/folders-above.ts';
import { readTextIfThere } from '../files/regular-file.ts';
import { typedCommand } from './typed-command.ts';

export interface Project {
  /** Where dotted paths begin. */
  readonly root: string;
  /** Dotted path of the settings module. */
  readonly settings: string;
}

/**
 * Finds the site to serve: its root is the folder of the nearest `package.json` with a `startproject` field, and its
 * settings are what `--settings`, else `DJANGO_SETTINGS_MODULE`, else that field names.
 *
 * @param cwd Where to look from, upward.
 * @throws {CommandError} when nothing names settings.
 */
export function findProject(cwd: string, env: NodeJS.ProcessEnv, settings?: string): Project {
  const manifest = findManifest(cwd);
  const chosen = settings ?? (env.DJANGO_SETTINGS_MODULE || manifest?.settings);
  if (chosen !== undefined) return { root: manifest?.folder ?? cwd, settings: chosen };
  throw new CommandError(`There is no site here: nothing names a settings module in ${cwd} or above.`, {
    hint:
      `Go to a site’s folder, or make one with: ${typedCommand('startproject', ['mysite'])} (Looked at: --settings, ` +
      'DJANGO_SETTINGS_MODULE, and "startproject": { "settings": "mysite.settings" } in package.json.)',
  });
}

/** The root of the project that a folder is in, whether or not anything names settings. */
export function findProjectRoot(cwd: string): string {
  return findManifest(cwd)?.folder ?? cwd;
}

function findManifest(cwd: string): { folder: string; settings: string | undefined } | undefined {
  for (const folder of foldersFrom(cwd)) {
    const file = path.join(folder, 'package.json');
    const field = readField(file);
    if (field !== undefined) return { folder, settings: settingsOf(field, file) };
  }
  return undefined;
}

function readField(file: string): unknown {
  const text = readTextIfThere(file);
  if (text === undefined) return undefined; // The folder above may have one.
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')).startproject;
  } catch (cause) {
    throw new ImproperlyConfigured(`${file} is not valid JSON: ${(cause as Error).message}`, { cause });
  }
}

function settingsOf(field: unknown, file: string): string | undefined {
  const settings = (field as { settings?: unknown } | null)?.settings;
  if (settings === undefined || typeof settings === 'string') return settings;
  throw new ImproperlyConfigured(
    `"startproject.settings" in ${file} must be a dotted path such as "mysite.settings", and is ${JSON.stringify(settings)}.`,
  );
}
