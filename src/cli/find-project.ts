import path from 'node:path';
import { CommandError, ImproperlyConfigured } from '../errors.ts';
import { positionAt } from '../files/code-frame.ts';
import { foldersFrom } from '../files/folders-above.ts';
import { readTextIfThere } from '../files/regular-file.ts';
import type { SiteOptions } from '../worker/site/site-options.ts';
import { typedCommand } from './typed-command.ts';

type SettingsSource = NonNullable<SiteOptions['settingsSource']>;

export interface Project {
  /** Where dotted paths begin. */
  readonly root: string;
  /** Dotted path of the settings module. */
  readonly settings: string;
  /** What has named that module. */
  readonly settingsSource: SettingsSource;
}

interface Named {
  readonly settings: string;
  readonly settingsSource: SettingsSource;
}

/**
 * Finds the site to serve: its root is the folder of the nearest `package.json` with a `startproject` field, and its
 * settings are what `--settings`, else `DJANGO_SETTINGS_MODULE`, else that field names.
 *
 * @param cwd Where to look from, upward.
 * @param option What the user has given `settings` by.
 * @throws {CommandError} when nothing names settings.
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

function named(settings: string | undefined, name: string): Named | undefined {
  return settings === undefined ? undefined : { settings, settingsSource: { name } };
}

function findManifest(cwd: string): { folder: string; named: Named | undefined } | undefined {
  for (const folder of foldersFrom(cwd)) {
    const file = path.join(folder, 'package.json');
    const text = readTextIfThere(file); // Where there is none, the folder above may have one.
    const field = text === undefined ? undefined : readField(text, file);
    if (field !== undefined) return { folder, named: namedIn(text!, field, file) };
  }
  return undefined;
}

function readField(text: string, file: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')).startproject;
  } catch (cause) {
    throw new ImproperlyConfigured(`${file} is not valid JSON: ${(cause as Error).message}`, { cause });
  }
}

function namedIn(text: string, field: unknown, file: string): Named | undefined {
  const settings = (field as { settings?: unknown } | null)?.settings;
  if (settings === undefined) return undefined;
  if (typeof settings === 'string') {
    const [before = ''] = /^[\s\S]*?"startproject"\s*:\s*\{[^{}]*?(?="settings"\s*:)/.exec(text) ?? [];
    const location = { file, ...positionAt(text, before.length) };
    return { settings, settingsSource: { name: 'startproject.settings', location } };
  }
  throw new ImproperlyConfigured(
    `"startproject.settings" in ${file} must be a dotted path such as "mysite.settings", and is ${JSON.stringify(settings)}.`,
  );
}
