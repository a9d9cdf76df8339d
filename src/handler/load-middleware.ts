import type { GetResponse, Middleware } from '../conf/index.ts';
import type { LoadedSettings } from '../conf/load.ts';
import { settingError } from '../conf/setting-error.ts';
import { importObject } from '../loader/imports/import-object.ts';
import { quote } from '../text/quote.ts';

/** An entry of MIDDLEWARE, loaded. */
export interface MiddlewareFactory {
  /** As the settings have it, for messages. */
  readonly shown: string;
  readonly create: Middleware;
}

/** Loads what MIDDLEWARE lists, the outermost first. @throws {ImproperlyConfigured} for what is no function. */
export async function loadMiddleware(settings: LoadedSettings): Promise<readonly MiddlewareFactory[]> {
  const factories: MiddlewareFactory[] = [];
  for (const entry of settings.values.MIDDLEWARE) {
    const create = typeof entry === 'string' ? (await importObject(entry, 'MIDDLEWARE')).value : entry;
    const shown = typeof entry === 'string' ? `'${entry}'` : entry.name || '(anonymous)';
    if (typeof create !== 'function') {
      throw await settingError(settings.file, {
        setting: 'MIDDLEWARE',
        message: `The middleware ${shown} must be a function, found ${quote(create)}.`,
        hint: 'Write: export function timing(getResponse: GetResponse) { return async (request: Request) => … }',
      });
    }
    factories.push({ shown, create: create as Middleware });
  }
  return factories;
}

/** Calls a factory. @throws {ImproperlyConfigured} when it does not return a function. */
export async function createLayer(
  { shown, create }: MiddlewareFactory,
  getResponse: GetResponse,
  settings: LoadedSettings,
): Promise<(request: Request) => Response | Promise<Response>> {
  const layer: unknown = create(getResponse);
  if (typeof layer === 'function') return layer as ReturnType<Middleware>;
  throw await settingError(settings.file, {
    setting: 'MIDDLEWARE',
    message: `Middleware factory ${shown} returned ${quote(layer)}.`,
    hint: 'It must return the function that takes each request: return async (request) => getResponse(request);',
  });
}
