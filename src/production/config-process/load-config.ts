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
import { locateInConfig } from '../settings/sources/locate-in-config.ts';
import { settingError } from '../settings/sources/wrong-setting.ts';

type HookFunction = (facts: object) => unknown;

/** A configuration that has been loaded and checked in this process. */
export interface LoadedConfig {
  /** Its exports without the hooks. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly hooks: ReadonlyMap<HookName, HookFunction>;
}

/** The origin of a configuration. */
interface ConfigSource {
  readonly file: string;
  /** The folder of the project. */
  readonly root: string;
}

const HINT = 'Write it like this: export default defineConfig({ workers: 4 });';

/**
 * Loads a configuration file: its default export, which may be a promise, or a function that is called without arguments.
 *
 * @param loader The loader that is installed in this process.
 * @throws {ImproperlyConfigured} for a file that fails to load, for one without settings, and for a wrong value or name.
 */
export async function loadConfig(loader: SiteLoader, file: string): Promise<LoadedConfig> {
  const config = await evaluate(loader, file);
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    const message = `${shownPath(file, loader.root)}: expected an object as the default export, found ${quote(config)}.`;
    throw new ImproperlyConfigured(message, { hint: HINT, location: { file } });
  }
  const source = { file, root: loader.root };
  const hooks = new Map<HookName, HookFunction>();
  for (const name of HOOK_NAMES) {
    const hook = readProperty(config, name, name, source);
    if (hook === undefined) continue;
    if (typeof hook !== 'function') {
      throw settingError({ source: 'file', name, file }, `expected a function, found ${quote(hook)}.`);
    }
    hooks.set(name, hook.bind(config));
  }
  const values: Record<string, unknown> = {};
  for (const name of Object.keys(config).filter((key) => !isHookName(key)))
    values[name] = withoutGetters(readProperty(config, name, name, source), name, source);
  readConfig({ file, values });
  return { values, hooks };
}

/** The message for an error in a hook, with the line of the error. */
export function hookFailure(error: unknown, name: HookName, source: ConfigSource): ImproperlyConfigured {
  return failureIn(`the hook ${name}`, error, name, source);
}

/** Copies a configuration by reading all properties. Settings are at most as deep as `sites.blog.sni.HOST.certfile`. */
function withoutGetters(value: unknown, name: string, source: ConfigSource, depth = 4): unknown {
  if (typeof value !== 'object' || value === null || depth === 0) return value;
  const read = (key: string) =>
    withoutGetters(readProperty(value, key, `${name}.${key}`, source), `${name}.${key}`, source, depth - 1);
  if (Array.isArray(value)) return Array.from({ length: value.length }, (_, index) => read(`${index}`));
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return Object.fromEntries(Object.keys(value).map((key) => [key, read(key)]));
}

/** @throws {ImproperlyConfigured} that names the setting whose getter has thrown. */
function readProperty(object: object, key: string, name: string, source: ConfigSource): unknown {
  try {
    return (object as Record<string, unknown>)[key];
  } catch (error) {
    throw failureIn(`the setting ${name}`, error, name, source);
  }
}

function failureIn(
  what: string,
  error: unknown,
  name: string,
  { file, root }: ConfigSource,
): ImproperlyConfigured {
  const stack = isError(error) ? readText(error, 'stack') : '';
  const location = findFrame(stack, (frame) => frame === file) ?? locateInConfig(file, name, root).location;
  const message = `${shownPlace(location, root)}: ${what} failed: ${describeThrown(error)}`;
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
