import { checkTogether } from './checks.ts';
import { derivedDefaults } from './derived-settings.ts';
import { settingsNotes } from './notes.ts';
import type { ResolvedSettings, ResolvedSite } from './resolved-settings.ts';
import { type Setting, valueName } from './setting.ts';
import { type FileConfig, type FileLayers, readConfig } from './sources/config-file.ts';
import { readEnvironment, readInherited, readPlatform } from './sources/environment.ts';
import { type RawOptions, readFlags, type WrittenAs } from './sources/flags.ts';
import type { Found, Layer, Origin } from './sources/origin.ts';
import { SETTINGS, type SettingName, SITE_SETTINGS } from './table/settings-table.ts';
import type { ProductionSettings, SiteSettings } from './types.ts';

interface ResolveOptions {
  /** The flags of the command line. @default none */
  readonly argvOptions?: RawOptions;
  readonly argvWrittenAs?: WrittenAs | undefined;
  /** The flags in RUNWSGI_CMD_ARGS. @default none */
  readonly commandArgs?: RawOptions;
  readonly commandArgsWrittenAs?: WrittenAs | undefined;
  /** Defaults of the command that differ from those of the table. @default none */
  readonly defaults?: Defaults | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** The exports of wsgi.config.ts. @default there is no such file */
  readonly fileConfig?: FileConfig | undefined;
  /** The addresses of inherited sockets, which are used if no setting has an address. @default 127.0.0.1:8000 */
  readonly inheritedBind?: readonly string[];
  /**
   * The address of a listening socket that is passed as standard input. Only the command line and RUNWSGI_BIND have
   * priority over it.
   */
  readonly spawnedBind?: string | undefined;
  /**
   * The base of relative paths in the command line and the environment. It is the folder of their own `chdir`, if they
   * have one.
   */
  readonly cwd: string;
}

/** The defaults by the names of settings, in the units of the code. */
export type Defaults = Readonly<Partial<Record<SettingName, unknown>>>;

const NO_FILE: FileLayers = { top: new Map(), sites: new Map() };

/** Settings whose values from all sources are merged by name, so that a single variable can be set. */
const ADDS_UP: ReadonlySet<string> = new Set(['env']);

/**
 * Combines the settings of all sources. Each source has priority over those before it: defaults, inherited sockets,
 * wsgi.config.ts, PORT and WEB_CONCURRENCY, descriptor 0, RUNWSGI_*, RUNWSGI_CMD_ARGS, flags. A site's own settings
 * have priority over all settings of the server.
 *
 * @throws {UserError} with one line: the setting, its source, what was expected and what was found.
 */
export function resolveSettings({
  argvOptions = {},
  argvWrittenAs,
  commandArgs = {},
  commandArgsWrittenAs,
  defaults = {},
  env,
  fileConfig,
  inheritedBind = [],
  spawnedBind,
  cwd,
}: ResolveOptions): ResolvedSettings {
  const { top: file, sites } = fileConfig ? readConfig(fileConfig) : NO_FILE;
  const given = merged(
    readInherited(inheritedBind, 'LISTEN_FDS'),
    file,
    readPlatform(env, cwd),
    readInherited(spawnedBind === undefined ? [] : [spawnedBind], 'descriptor 0'),
    readEnvironment(env, cwd),
    readFlags(commandArgs, 'arguments', cwd, commandArgsWrittenAs),
    readFlags(argvOptions, 'flag', cwd, argvWrittenAs),
  );
  const chdir = given.get('chdir');
  if (chdir !== undefined && chdir.origin.source !== 'file') given.set('chdir', { ...chdir, value: cwd });
  const top = complete(SETTINGS, given, defaults);
  const siteLayers = sites.size > 0 ? sites : new Map<string, Layer>([['default', new Map()]]);
  const resolvedSites = [...siteLayers].map(([name, own]): ResolvedSite => {
    const layer = complete(SITE_SETTINGS, merged(given, own), defaults);
    return Object.freeze({ name, settings: valuesOf<SiteSettings>(layer), origins: originsOf(layer) });
  });
  checkTogether(resolvedSites);
  const resolved = {
    values: valuesOf<ProductionSettings>(top),
    origins: originsOf(top),
    sites: Object.freeze(resolvedSites),
  };
  return Object.freeze({
    ...resolved,
    notes: settingsNotes(resolved, env),
    configFile: fileConfig?.file,
  });
}

/** Merges the layers. Later ones have priority. */
function merged(...layers: readonly Layer[]): Map<string, Found> {
  const result = new Map<string, Found>();
  for (const [name, found] of layers.flatMap((layer) => [...layer])) {
    const before = result.get(name);
    const value =
      before && ADDS_UP.has(name)
        ? Object.freeze({ ...(before.value as object), ...(found.value as object) })
        : found.value;
    result.set(name, { value, origin: found.origin });
  }
  return result;
}

/** Adds the defaults of missing settings, in the order of the table. */
function complete(table: Readonly<Record<string, Setting>>, layer: Layer, defaults: Defaults): Layer {
  const withDefault = (name: string, value: unknown): Found =>
    layer.get(name) ?? { value, origin: { source: 'default', name } };
  const result = new Map(
    Object.entries(table).map(([name, row]) => [
      name,
      withDefault(name, defaults[name as SettingName] ?? row.default),
    ]),
  );
  for (const [name, value] of Object.entries(derivedDefaults(result)))
    result.set(name, withDefault(name, value));
  return result;
}

/** The layer has the settings of the table, from which the type is derived. */
function valuesOf<Values>(layer: Layer): Values {
  const entries = [...layer].map(([name, { value }]) => [
    valueName(name, SETTINGS[name as SettingName]),
    value,
  ]);
  return Object.freeze(Object.fromEntries(entries)) as Values;
}

function originsOf(layer: Layer): Readonly<Record<SettingName, Origin>> {
  return Object.freeze(Object.fromEntries([...layer].map(([name, { origin }]) => [name, origin]))) as never;
}
