import { ImproperlyConfigured } from '../errors.ts';
import { importModule } from '../loader/imports/import-object.ts';
import type { LoadedModule } from '../loader/imports/installed-loader.ts';
import { quote } from '../text/quote.ts';
import { KNOWN_SETTINGS } from './known-settings.ts';
import { messageOf, type WrongSettings, wrongSettingsError } from './setting-error.ts';
import type { Settings } from './settings-types.ts';

/** The settings of one site, checked and immutable. */
export interface LoadedSettings {
  /** The dotted path of their module; null if they were given as an object. */
  readonly module: string | null;
  readonly file: string | undefined;
  /** The values, with defaults. SECRET_KEY may be empty here; only `settings` throws an error for it. */
  readonly values: Readonly<Settings>;
  /** The names that the settings module sets, even if the value equals the default. */
  readonly overridden: ReadonlySet<string>;
}

/**
 * Loads and checks settings. It does not change the global `settings`.
 *
 * @param source A dotted path, or the imported module.
 * @throws {ImproperlyConfigured} for a module that is missing or fails to load, and for values of a wrong type (one
 * error for all).
 */
export async function loadSettings(source: string | object): Promise<LoadedSettings> {
  if (typeof source !== 'string') return checkedSettings(source);
  const module = await importModule(source);
  const wrong = findWrong(module.exports);
  if (wrong) throw await wrongSettingsError(module.file, wrong);
  return freeze(module.exports, source, module.file);
}

/** Does the same for a module that is already loaded. Errors name no file, since searching for it takes time. */
export function checkedSettings(
  exports: object,
  module: string | null = null,
  file?: LoadedModule['file'],
): LoadedSettings {
  const wrong = findWrong(exports);
  if (wrong) throw new ImproperlyConfigured(messageOf(wrong.settings), { hint: wrong.hint });
  return freeze(exports, module, file);
}

/** Whether an export is a setting: its name is upper-case. Other exports are for the module's own use. */
export function isSettingName(name: string): boolean {
  // The first expression is faster, and sufficient for common names.
  return /^[A-Z][A-Z0-9_]*$/.test(name) || /^\p{Lu}[\p{Lu}\p{Nd}_]*$/u.test(name);
}

/**
 * Whether the module has one object as its default export, as configuration files of other tools do. Its properties
 * would not be read as settings.
 */
function isDefaultExport(exports: Record<string, unknown>): boolean {
  const { default: object } = exports;
  const isObject = typeof object === 'object' && object !== null;
  return isObject && Object.keys(object).some(isSettingName) && !Object.keys(exports).some(isSettingName);
}

/** Collects all wrong settings in one error. Otherwise a developer would restart the server once for each. */
function findWrong(exports: object): WrongSettings | undefined {
  if (isDefaultExport(exports as Record<string, unknown>)) {
    const message = 'The settings are in a default export, which is not read.';
    const hint = 'Export each by its name: export const DEBUG = true;';
    return { settings: [{ setting: 'default', message }], hint };
  }
  const values = exports as Record<string, unknown>;
  const wrong = Object.entries(KNOWN_SETTINGS).filter(
    ([name, rule]) => values[name] !== undefined && !rule.accepts(values[name]),
  );
  if (wrong.length === 0) return undefined;
  const examples = wrong.map(([name, { example }]) => `export const ${name} = ${example};`);
  return {
    settings: wrong.map(([name, { expected }]) => ({
      setting: name,
      message: `The ${name} setting must be ${expected}, found ${quote(values[name])}.`,
    })),
    hint: `Write ${wrong.length === 1 ? 'it' : 'them'} like this: ${examples.join(' ')}`,
  };
}

function freeze(exports: object, module: string | null, file: string | undefined): LoadedSettings {
  const own = Object.entries(exports).filter(([name, value]) => isSettingName(name) && value !== undefined);
  const defaults = Object.entries(KNOWN_SETTINGS).map(([name, rule]) => [name, rule.default]);
  const values = Object.freeze(Object.fromEntries([...defaults, ...own]));
  return Object.freeze({ module, file, values, overridden: new Set(own.map(([name]) => name)) });
}
