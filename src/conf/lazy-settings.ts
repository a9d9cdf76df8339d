import { ImproperlyConfigured } from '../errors.ts';
import { didYouMean } from '../text/nearest.ts';
import type { ActiveSettings } from './active.ts';
import { isSettingName } from './load.ts';
import type { Settings } from './settings-types.ts';

/** The members of `settings` that are not settings. */
interface SettingsControls {
  /** The dotted path of the settings module; null for settings that are configured from code. */
  readonly SETTINGS_MODULE: string | null;
  /** Whether settings have been loaded or configured. */
  readonly configured: boolean;
  /**
   * Sets settings from code, once, in place of a settings module.
   *
   * @throws {ImproperlyConfigured} when settings were loaded or configured before, a name is not upper-case, or a value has
   *   the wrong type.
   */
  configure(values: Partial<Settings>): void;
  /** Whether the settings module sets this name itself, so that the value is not the default. */
  isOverridden(name: keyof Settings): boolean;
}

/**
 * The settings and their controls. Reading a setting loads the settings module.
 *
 * @example
 * import { settings } from 'startproject/conf';
 *
 * export const isDefault = () => !settings.isOverridden('APPEND_SLASH');
 */
export type LazySettings = Readonly<Settings> & SettingsControls;

const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/** An object that reads the active settings at each access, so that it can be imported before they are loaded. */
export function lazySettings(active: ActiveSettings): LazySettings {
  const describe = () =>
    `<LazySettings ${active.isConfigured ? (active.current('SETTINGS_MODULE').module ?? '[Configured]') : '[Unevaluated]'}>`;
  const controls = {
    get configured() {
      return active.isConfigured;
    },
    configure: (values: Partial<Settings>) => active.configure(values),
    isOverridden: (name: keyof Settings) => active.current(name).overridden.has(name),
    toString: describe,
    [INSPECT]: describe,
  };
  return new Proxy(controls, {
    get: (target, name) =>
      typeof name === 'string' && isSettingName(name) ? readSetting(active, name) : Reflect.get(target, name),
    has: (target, name) =>
      typeof name === 'string' && isSettingName(name)
        ? name in active.current(name).values
        : Reflect.has(target, name),
    set: (_target, name) => {
      throw new TypeError(
        `settings.${String(name)} cannot be assigned to: settings do not change while a site runs.`,
      );
    },
  }) as unknown as LazySettings;
}

function readSetting(active: ActiveSettings, name: string): unknown {
  const { values, module } = active.current(name);
  if (name === 'SETTINGS_MODULE') return module;
  const value: unknown = (values as unknown as Record<string, unknown>)[name];
  if (name === 'SECRET_KEY' && value === '') {
    throw new ImproperlyConfigured('settings.SECRET_KEY was read, but it is empty.', {
      hint: "Set it by an environment variable: export const SECRET_KEY = process.env.SECRET_KEY ?? '';",
    });
  }
  if (value !== undefined) return value;
  throw new ImproperlyConfigured(`There is no setting ${name}${module ? ` in '${module}'` : ''}.`, {
    hint:
      didYouMean(name, Object.keys(values)) ??
      `Export it from the settings module, or test for it with '${name}' in settings.`,
  });
}
