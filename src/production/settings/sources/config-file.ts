import path from 'node:path';
import type { UserError } from '../../../errors.ts';
import { didYouMean } from '../../../text/nearest.ts';
import { quote } from '../../../text/quote.ts';
import { HOOK_NAMES, isHookName } from '../hook-names.ts';
import {
  isSettingName,
  isSiteSettingName,
  SETTING_NAMES,
  SETTINGS,
  SITE_SETTINGS,
} from '../table/settings-table.ts';
import type { Found, Layer, Origin } from './origin.ts';
import { readValue, settingError } from './wrong-setting.ts';

/** The exports of wsgi.config.ts, with or without hooks. */
export interface FileConfig {
  /** An absolute path. Relative paths in the file are relative to its folder. */
  readonly file: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** The settings of a configuration file: for the server, and for each of its sites. */
export interface FileLayers {
  readonly top: Layer;
  /** In the order of the file. */
  readonly sites: ReadonlyMap<string, Layer>;
}

const SITE_NAME = /^[a-z0-9][\w.-]{0,63}$/i;

/** Reads the exports of a configuration file. @throws {ImproperlyConfigured} for a wrong value or name */
export function readConfig({ file, values }: FileConfig): FileLayers {
  const { sites = {}, ...top } = values;
  const settings = Object.entries(top).filter(([name, value]) => !isHookName(name) && value !== undefined);
  return {
    top: new Map(
      settings.map(([name, value]) => {
        if (!isSettingName(name))
          throw unknownName(inFile(file, name), name, [...SETTING_NAMES, 'sites', ...HOOK_NAMES]);
        return [name, read(inFile(file, name), SETTINGS[name].kind, value, file)] as const;
      }),
    ),
    sites: readSites(file, sites, 'sites' in values),
  };
}

function readSites(file: string, sites: unknown, areThere: boolean): FileLayers['sites'] {
  const origin = inFile(file, 'sites');
  if (typeof sites !== 'object' || sites === null || Array.isArray(sites)) {
    const hint = "Write it like this: sites: { blog: { settings: 'blog.settings' } }";
    throw settingError(origin, `expected an object with a site for each name, found ${quote(sites)}.`, {
      hint,
    });
  }
  const entries = Object.entries(sites);
  if (areThere && entries.length === 0) throw settingError(origin, 'expected at least one site, found none.');
  return new Map(entries.map(([name, values]) => [name, readSite(file, name, values)]));
}

function readSite(file: string, site: string, values: unknown): Layer {
  const origin = inFile(file, `sites.${site}`);
  if (!SITE_NAME.test(site)) {
    throw settingError(origin, `expected a name of letters, digits, '.', '_' and '-', found ${quote(site)}.`);
  }
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw settingError(origin, `expected an object with the settings of the site, found ${quote(values)}.`);
  }
  const layer = new Map<string, Found>();
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const place = inFile(file, `sites.${site}.${name}`);
    if (!isSiteSettingName(name)) throw notOfSites(place, name);
    layer.set(name, read(place, SITE_SETTINGS[name].kind, value, file));
  }
  return layer;
}

function read(origin: Origin, kind: (typeof SETTINGS)['bind']['kind'], value: unknown, file: string): Found {
  return { value: readValue(origin, kind, () => kind.fromConfig(value, path.dirname(file))), origin };
}

function notOfSites(origin: Origin, name: string): UserError {
  if (isSettingName(name)) {
    return settingError(origin, 'is a setting of the server, not of a site.', {
      hint: `Move ${name} out of sites, to the top of the configuration.`,
    });
  }
  if (isHookName(name)) {
    return settingError(origin, 'is a hook of the server, not of a site.', {
      hint: `Move ${name} to the top of the configuration: it gets the name of the site.`,
    });
  }
  return unknownName(origin, name, Object.keys(SITE_SETTINGS));
}

function unknownName(origin: Origin, name: string, names: readonly string[]): UserError {
  return settingError(origin, 'there is no such setting.', {
    hint: didYouMean(name, names) ?? 'All settings are in docs/runwsgi-settings.md.',
  });
}

function inFile(file: string, name: string): Origin {
  return { source: 'file', name, file };
}
