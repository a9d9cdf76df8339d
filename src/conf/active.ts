import { ImproperlyConfigured } from '../errors.ts';
import { installedLoader } from '../loader/installed.ts';
import type { Settings } from './index.ts';
import { checkedSettings, isSettingName, type LoadedSettings, loadSettings } from './load.ts';

type State =
  | { readonly kind: 'unset' }
  | { readonly kind: 'loading' }
  | { readonly kind: 'configured' | 'loaded'; readonly settings: LoadedSettings };

/** The settings that the global `settings` stands for, and how they came to be. */
export class ActiveSettings {
  readonly #settingsModule: () => string | undefined;
  #state: State = { kind: 'unset' };

  /** @param settingsModule Reads DJANGO_SETTINGS_MODULE, which may be set at any time before it is needed. */
  constructor(settingsModule: () => string | undefined) {
    this.#settingsModule = settingsModule;
  }

  get isConfigured(): boolean {
    return this.#state.kind === 'configured' || this.#state.kind === 'loaded';
  }

  /** Sets settings from code, in place of a settings module. */
  configure(values: Partial<Settings>): void {
    if (this.isConfigured) throw new ImproperlyConfigured('Settings already configured.');
    const wrong = Object.keys(values).find((name) => !isSettingName(name));
    if (wrong !== undefined) throw new ImproperlyConfigured(`Setting '${wrong}' must be upper-case.`);
    this.#state = { kind: 'configured', settings: checkedSettings(values) };
  }

  /**
   * The settings now, loaded at once when they are not yet and a loader can do that.
   *
   * @param asked The name that is read, for the message.
   */
  current(asked: string): LoadedSettings {
    if ('settings' in this.#state) return this.#state.settings;
    if (this.#state.kind === 'loading') {
      throw new ImproperlyConfigured(`settings.${asked} is read while the settings are being loaded.`, {
        hint: 'The settings module imports a module that reads settings as it loads: read them in a function.',
      });
    }
    const settings = this.#loadNow(asked);
    this.#state = { kind: 'loaded', settings };
    return settings;
  }

  /**
   * Loads what an application asks for and makes it the active settings: `source`, else what `configure()` was
   * given, else the module that DJANGO_SETTINGS_MODULE names at this moment.
   */
  async load(source?: string | object): Promise<LoadedSettings> {
    if (source === undefined && this.#state.kind === 'configured') return this.#state.settings;
    const settings = await loadSettings(source ?? this.#requiredModule());
    this.#state = { kind: 'loaded', settings };
    return settings;
  }

  #loadNow(asked: string): LoadedSettings {
    const module = this.#settingsModule();
    const loader = installedLoader();
    if (!module || !loader) {
      throw new ImproperlyConfigured(
        `Requested setting ${asked}, but settings are not configured. Define the environment variable ` +
          'DJANGO_SETTINGS_MODULE, call settings.configure(), or await getWsgiApplication() first.',
      );
    }
    this.#state = { kind: 'loading' };
    try {
      const { file, exports } = loader.importModuleSync(module);
      return checkedSettings(exports, module, file);
    } finally {
      this.#state = { kind: 'unset' };
    }
  }

  #requiredModule(): string {
    const module = this.#settingsModule();
    if (module) return module;
    throw new ImproperlyConfigured(
      'The application needs settings, but settings are not configured: DJANGO_SETTINGS_MODULE is not set.',
      {
        hint: "Write process.env.DJANGO_SETTINGS_MODULE ??= 'mysite.settings' above getWsgiApplication(), or pass { settings }.",
      },
    );
  }
}

// The environment belongs to the edges, but this variable is the contract: it is read whenever it is needed.
export const activeSettings = new ActiveSettings(() => globalThis.process?.env.DJANGO_SETTINGS_MODULE);
