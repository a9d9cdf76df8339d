import path from 'node:path';
import type { SettingsSource } from '../../conf/settings-source.ts';
import { ImproperlyConfigured } from '../../errors.ts';
import { positionAt } from '../../files/code-frame.ts';
import { foldersFrom } from '../../files/folders-above.ts';
import { readTextIfThere } from '../../files/regular-file.ts';

export interface NamedSettings {
  /** The dotted path of the settings module. */
  readonly settings: string;
  /** The source of that name. */
  readonly settingsSource: SettingsSource;
}

/** Finds the nearest `package.json` with a `startproject` field, in a folder or above it. */
export function findManifest(
  cwd: string,
): { readonly folder: string; readonly named: NamedSettings | undefined } | undefined {
  for (const folder of foldersFrom(cwd)) {
    const file = path.join(folder, 'package.json');
    const text = readTextIfThere(file); // Without a package.json here, a folder above may have one.
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

function namedIn(text: string, field: unknown, file: string): NamedSettings | undefined {
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
