import { onTestFinished } from 'vitest';
import { ImproperlyConfigured } from '../../src/errors.ts';
import {
  installedLoader,
  installLoader,
  type ModuleLoader,
} from '../../src/loader/imports/installed-loader.ts';

type Exports = Readonly<Record<string, unknown>>;

/** Installs a loader that has these modules, by dotted path, until the test ends. */
export function useModules(modules: Readonly<Record<string, Exports>>): void {
  const find = (dotted: string) => {
    const exports = modules[dotted];
    if (!exports) throw new ImproperlyConfigured(`No module '${dotted}'.`);
    return { file: `/site/${dotted.replaceAll('.', '/')}.ts`, exports };
  };
  useLoader({ root: '/site', importModule: async (dotted) => find(dotted), importModuleSync: find });
}

export function useLoader(loader: ModuleLoader): void {
  const before = installedLoader();
  installLoader(loader);
  onTestFinished(() => installLoader(before as ModuleLoader));
}

/** Sets DJANGO_SETTINGS_MODULE until the test ends. */
export function useSettingsModule(dotted: string | undefined): void {
  const before = process.env.DJANGO_SETTINGS_MODULE;
  assign(dotted);
  onTestFinished(() => assign(before));
}

function assign(dotted: string | undefined): void {
  if (dotted === undefined) delete process.env.DJANGO_SETTINGS_MODULE;
  else process.env.DJANGO_SETTINGS_MODULE = dotted;
}
