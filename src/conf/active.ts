import { ImproperlyConfigured } from '../errors.ts';
import { installedLoader } from '../loader/imports/installed-loader.ts';
import { checkedSettings, isSettingName, type LoadedSettings, loadSettings } from './load.ts';
import { currentScope, hasScopes, runInScope, Scope, Site } from './scope.ts';
import { environmentSource, settingsModuleError } from './settings-source.ts';
import type { Settings } from './settings-types.ts';

/** The origin of settings that were read before an application was made. */
type State =
  | { readonly kind: 'unset' }
  | { readonly kind: 'loading' }
  | { readonly kind: 'configured' | 'loaded'; readonly settings: LoadedSettings };

/** Builds a value, such as an application, from a site's loaded settings. */
type Build<Result> = (settings: LoadedSettings, site: Site) => Result | Promise<Result>;

/** Holds the settings that the global `settings` reads, and their origin. */
export class ActiveSettings {
  readonly #settingsModule: () => string | undefined;
  #state: State = { kind: 'unset' };
  /** The site of code that runs outside of any scope. While the process has one site, this is all code. */
  #first: Site | undefined;
  #hasSeveralSites = false;

  /**
   * @param settingsModule Returns DJANGO_SETTINGS_MODULE. It is called late, since the variable may be set after the
   * import.
   */
  constructor(settingsModule: () => string | undefined) {
    this.#settingsModule = settingsModule;
  }

  get isConfigured(): boolean {
    return this.#ready() !== undefined;
  }

  /**
   * Whether the process has several sites. Then code must run in the scope of its site to read the right `settings`.
   */
  get hasSeveralSites(): boolean {
    return this.#hasSeveralSites;
  }

  /** Sets settings from code, in place of a settings module. */
  configure(values: Partial<Settings>): void {
    if (this.isConfigured)
      throw new ImproperlyConfigured(
        'settings.configure() was called after settings were loaded or configured. Call it once, before the first setting is read.',
      );
    const wrong = Object.keys(values).find((name) => !isSettingName(name));
    if (wrong !== undefined)
      throw new ImproperlyConfigured(`settings.configure() takes upper-case names, found '${wrong}'.`);
    this.#state = { kind: 'configured', settings: checkedSettings(values) };
  }

  /**
   * The current settings. If they are not loaded yet, they are loaded synchronously where the loader supports that.
   *
   * @param asked The name that is read, for the message.
   */
  current(asked: string): LoadedSettings {
    const ready = this.#ready();
    if (ready !== undefined) return ready;
    if (this.#hasSeveralSites && !hasScopes) throw noScopes(asked);
    if (this.#state.kind === 'loading' || this.#first !== undefined) {
      throw new ImproperlyConfigured(`settings.${asked} is read while the settings are being loaded.`, {
        hint:
          'A module that is imported by the settings, or together with wsgi.ts, reads settings during its import. ' +
          'Read them in a function, or import the value from the settings module itself.',
      });
    }
    const settings = this.#loadNow(asked);
    this.#state = { kind: 'loaded', settings };
    return settings;
  }

  /**
   * Loads the settings of a site and calls `build` with them. They come from `source`, otherwise from `configure()`,
   * otherwise from the module that DJANGO_SETTINGS_MODULE names at this moment. Code that runs during the load reads
   * the settings of this site, even while another site loads at the same time.
   *
   * @param build Is called with the settings. @default returns them
   */
  load(source?: string | object): Promise<LoadedSettings>;
  load<Result>(source: string | object | undefined, build: Build<Result>): Promise<Result>;
  async load(source?: string | object, build: Build<unknown> = (settings) => settings): Promise<unknown> {
    const configured = this.#state.kind === 'configured' ? this.#state.settings : undefined;
    const named = source ?? configured;
    const site = new Site(named ?? this.#requiredModule());
    // Captured before the first `await`, since a stack after it no longer contains the calling module.
    const { stack = '' } = named === undefined ? new Error() : {};
    this.#first ??= site;
    if (site.source !== this.#first.source) this.#hasSeveralSites = true;
    const explain = async (error: unknown): Promise<never> => {
      if (named !== undefined) throw error;
      const dotted = site.source as string;
      throw await settingsModuleError(error, dotted, await environmentSource(dotted, stack));
    };
    const open = async () => {
      site.settings =
        site.source === configured ? configured : await loadSettings(site.source).catch(explain);
      return build(site.settings, site);
    };
    try {
      return await (this.#hasSeveralSites ? runInScope(new Scope(site), open, undefined) : open());
    } catch (error) {
      if (this.#first === site) this.#first = undefined;
      throw error;
    }
  }

  #ready(): LoadedSettings | undefined {
    if (this.#hasSeveralSites && !hasScopes) return undefined;
    const site = this.#hasSeveralSites ? (currentScope()?.site ?? this.#first) : this.#first;
    if (site !== undefined && (site.settings !== undefined || site !== this.#first)) return site.settings;
    return 'settings' in this.#state ? this.#state.settings : undefined;
  }

  #loadNow(asked: string): LoadedSettings {
    const module = this.#settingsModule();
    const loader = installedLoader();
    if (!module || !loader) {
      throw new ImproperlyConfigured(`settings.${asked} was read, but no settings module is selected.`, {
        hint: 'Set the environment variable DJANGO_SETTINGS_MODULE, call settings.configure(), or await getWsgiApplication() first.',
      });
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
    throw new ImproperlyConfigured('The application needs settings, but DJANGO_SETTINGS_MODULE is not set.', {
      hint: "Write process.env.DJANGO_SETTINGS_MODULE ??= 'mysite.settings' above getWsgiApplication(), or pass { settings }.",
    });
  }
}

function noScopes(asked: string): ImproperlyConfigured {
  return new ImproperlyConfigured(
    `settings.${asked} was read in a process with several sites, but this runtime cannot determine the site of the running code.`,
    {
      hint: 'Turn on AsyncLocalStorage of node:async_hooks (nodejs_compat for workerd), or run each site in its own process.',
    },
  );
}

// Code below `src/cli` does not read the environment, except for this variable: it is part of the contract, and is read
// each time that it is needed.
export const activeSettings = new ActiveSettings(() => globalThis.process?.env.DJANGO_SETTINGS_MODULE);
