import type { GetResponse, Middleware } from '../conf/index.ts';
import type { LoadedSettings } from '../conf/load.ts';
import { pathError, settingError } from '../conf/setting-error.ts';
import { importObject } from '../loader/imports/import-object.ts';
import { quote } from '../text/quote.ts';

/** An entry of MIDDLEWARE, loaded. */
interface MiddlewareFactory {
  /** The entry as written in the settings, for messages. */
  readonly shown: string;
  readonly create: Middleware;
}

/**
 * Loads the entries of MIDDLEWARE, the outermost first. @throws {ImproperlyConfigured} for an entry that is not a
 * function.
 */
export async function loadMiddleware(settings: LoadedSettings): Promise<readonly MiddlewareFactory[]> {
  const factories: MiddlewareFactory[] = [];
  for (const [index, entry] of settings.values.MIDDLEWARE.entries()) {
    const asker = `MIDDLEWARE[${index}]`;
    const create = typeof entry === 'string' ? await importFactory(entry, asker, settings) : entry;
    const shown = typeof entry === 'string' ? `'${entry}'` : entry.name || asker;
    if (typeof create !== 'function') {
      throw await settingError(settings.file, {
        setting: 'MIDDLEWARE',
        text: typeof entry === 'string' ? entry : undefined,
        message: `The middleware ${shown} must be a function, found ${quote(create)}.`,
        hint: 'Write: export function timing(getResponse: GetResponse) { return async (request: Request) => … }',
      });
    }
    factories.push({ shown, create: create as Middleware });
  }
  return factories;
}

async function importFactory(path: string, asker: string, { file, module }: LoadedSettings) {
  const project = module?.split('.')[0] ?? 'mysite';
  const name = /^[A-Za-z_$][\w$]*$/.test(path) ? path : 'timing';
  const use = { asker, example: `${project}.middleware.${name}` };
  try {
    return (await importObject(path, use)).value;
  } catch (error) {
    throw await pathError(error, file, { setting: 'MIDDLEWARE', path, asker });
  }
}

/** Calls a factory. @throws {ImproperlyConfigured} if it does not return a function. */
export async function createLayer(
  { shown, create }: MiddlewareFactory,
  getResponse: GetResponse,
  settings: LoadedSettings,
): Promise<(request: Request) => Response | Promise<Response>> {
  const layer: unknown = create(getResponse);
  if (typeof layer === 'function') return layer as ReturnType<Middleware>;
  throw await settingError(settings.file, {
    setting: 'MIDDLEWARE',
    message: `The middleware ${shown} returned ${quote(layer)} in place of a function.`,
    hint: 'It must return the function that takes each request: return async (request) => getResponse(request);',
  });
}
