import { shownPath } from '../../files/shown-path.ts';
import { printableLine } from '../../wsgi/printable.ts';
import type { ResolvedSettings, ResolvedSite } from './resolved-settings.ts';
import { valueName } from './setting.ts';
import { locateInConfig } from './sources/locate-in-config.ts';
import type { Origin } from './sources/origin.ts';
import { SETTING_NAMES, SETTINGS, type SettingName } from './table/settings-table.ts';

/** A setting in printed form. */
interface PrintedSetting {
  readonly name: SettingName;
  /** The value in the form of the code, with times in milliseconds. */
  readonly value: unknown;
  readonly origin: Origin;
}

/**
 * Formats all settings for `--print-config`, one line each: the name in wsgi.config.ts, the value and its origin. Each
 * site has a section with the settings that it does not inherit.
 *
 * @param cwd The folder to which paths of configuration files are relative.
 */
export function formatSettings(resolved: ResolvedSettings, cwd: string): string {
  const { configFile } = resolved;
  const lines = [`Configuration file: ${configFile === undefined ? 'none' : shownPath(configFile, cwd)}`, ''];
  lines.push(...aligned(settingsOf(resolved), cwd));
  for (const site of resolved.sites) {
    const own = ownSettings(site, resolved);
    if (own.length > 0) lines.push('', `Site ${site.name}, otherwise as above`, '', ...aligned(own, cwd));
  }
  return lines.map((line) => `${printableLine(line)}\n`).join('');
}

/** Formats all settings in JSON for `--print-config --json`. Each site has all of its settings. Times are seconds. */
export function settingsToJson(resolved: ResolvedSettings, cwd: string): string {
  const asJson = (settings: readonly PrintedSetting[]) =>
    Object.fromEntries(
      settings.map(({ name, value, origin }) => [
        name,
        { value: inUsersUnit(name, value), source: origin.source, origin: originText(origin, cwd) },
      ]),
    );
  const sites = resolved.sites.map((site) => [site.name, asJson(settingsOf(site))]);
  const { configFile = null } = resolved;
  const all = { configFile, settings: asJson(settingsOf(resolved)), sites: Object.fromEntries(sites) };
  return `${JSON.stringify(all, undefined, 2)}\n`;
}

/** The origin of a value: `default`, `--workers`, `RUNWSGI_WORKERS`, `wsgi.config.ts:4:3`. */
function originText({ source, name, file }: Origin, cwd: string): string {
  if (file !== undefined) return locateInConfig(file, name, cwd).shown;
  if (source === 'arguments') return `${name} in RUNWSGI_CMD_ARGS`;
  return source === 'default' ? source : name;
}

function settingsOf(of: ResolvedSettings | ResolvedSite): PrintedSetting[] {
  const values = ('values' in of ? of.values : of.settings) as Readonly<Record<string, unknown>>;
  const origins = of.origins as Readonly<Partial<Record<SettingName, Origin>>>;
  return SETTING_NAMES.flatMap((name) => {
    const origin = origins[name];
    return origin === undefined ? [] : [{ name, value: values[valueName(name, SETTINGS[name])], origin }];
  });
}

/** The settings that a site sets itself, and the defaults that depend on them. */
function ownSettings(site: ResolvedSite, resolved: ResolvedSettings): PrintedSetting[] {
  const inherited = new Map(settingsOf(resolved).map(({ name, value }) => [name, value]));
  return settingsOf(site).filter(
    ({ name, value, origin }) => origin.name.startsWith('sites.') || value !== inherited.get(name),
  );
}

function aligned(settings: readonly PrintedSetting[], cwd: string): string[] {
  const cells = settings.map(
    ({ name, value, origin }) => [name, valueText(name, value), originText(origin, cwd)] as const,
  );
  const widthOf = (column: 0 | 1) => Math.max(...cells.map((row) => row[column].length));
  const [names, values] = [widthOf(0), Math.min(WIDEST_VALUE, widthOf(1))];
  return cells.map(([name, value, origin]) => `${name.padEnd(names)}  ${value.padEnd(values)}  ${origin}`);
}

/** A longer value shifts only its own origin to the right. */
const WIDEST_VALUE = 44;

function valueText(name: SettingName, value: unknown): string {
  const { kind, defaultText = 'none' } = SETTINGS[name];
  if (value === undefined) return defaultText.replaceAll('`', '');
  return kind.toText(value) || 'none';
}

function inUsersUnit(name: SettingName, value: unknown): unknown {
  if (value === undefined) return null;
  if (name === 'umask') return SETTINGS.umask.kind.toText(value);
  return SETTINGS[name].kind.isTime ? (value as number) / 1000 : value;
}
