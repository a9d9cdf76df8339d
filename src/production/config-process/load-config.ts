import { ImproperlyConfigured } from '../../errors.ts';
import { codeFrame } from '../../files/code-frame.ts';
import { shownPath, shownPlace } from '../../files/shown-path.ts';
import { loadFailure } from '../../loader/failures/load-failure.ts';
import type { SiteLoader } from '../../loader/site-loader.ts';
import { findFrame } from '../../text/find-frame.ts';
import { quote } from '../../text/quote.ts';
import { describeThrown, isError, readText } from '../../text/thrown-text.ts';
import { HOOK_NAMES, type HookName, isHookName } from '../settings/hook-names.ts';
import { readConfig } from '../settings/sources/config-file.ts';
import { settingError } from '../settings/sources/wrong-setting.ts';

type HookFunction = (facts: object) => unknown;

/** A configuration that has been loaded and checked in this process. */
export interface LoadedConfig {
  /** What it exports besides hooks. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly hooks: ReadonlyMap<HookName, HookFunction>;
}

const HINT = 'Write it like this: export default defineConfig({ workers: 4 });';

/**
 * Loads a configuration file: its default export, which may be a promise, or a function that is called without arguments.
 *
 * @param loader The one that is installed in this process.
 * @throws {ImproperlyConfigured} for a file that fails to load, for one without settings, and for a wrong value or name.
 */
export async function loadConfig(loader: SiteLoader, file: string): Promise<LoadedConfig> {
  const config = await evaluate(loader, file);
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    const message = `${shownPath(file, loader.root)}: expected an object as the default export, found ${quote(config)}.`;
    throw new ImproperlyConfigured(message, { hint: HINT, location: { file } });
  }
  const hooks = new Map<HookName, HookFunction>();
  for (const name of HOOK_NAMES) {
    const hook = (config as Record<string, unknown>)[name];
    if (hook === undefined) continue;
    if (typeof hook !== 'function') {
      throw settingError({ source: 'file', name, file }, `expected a function, found ${quote(hook)}.`);
    }
    hooks.set(name, hook.bind(config));
  }
  const values = Object.fromEntries(Object.entries(config).filter(([name]) => !isHookName(name)));
  readConfig({ file, values });
  return { values, hooks };
}

/** What went wrong in a hook, at which line. */
export function hookFailure(
  error: unknown,
  name: HookName,
  file: string,
  root: string,
): ImproperlyConfigured {
  const stack = isError(error) ? readText(error, 'stack') : '';
  const location = findFrame(stack, (frame) => frame === file) ?? { file };
  const message = `${shownPlace(location, root)}: the hook ${name} failed: ${describeThrown(error)}`;
  return new ImproperlyConfigured(message, { location, codeFrame: codeFrame(location), cause: error });
}

async function evaluate(loader: SiteLoader, file: string): Promise<unknown> {
  try {
    const exported = (await loader.importFile(file)).default;
    return await (typeof exported === 'function' ? exported() : exported);
  } catch (error) {
    throw loadFailure(error, { file, root: loader.root });
  }
}
