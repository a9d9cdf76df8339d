import { activeSettings } from '../conf/active.ts';
import type { WSGIApplication } from '../wsgi/types.ts';
import { checkOptions } from './check-options.ts';
import { createApplication } from './create-application.ts';

export type { GetResponse, Middleware } from '../conf/index.ts';
export type {
  Environ,
  ExcInfo,
  FileLike,
  FileStream,
  FileWrapper,
  Header,
  StartResponse,
  Write,
  WSGIApplication,
  WSGIErrors,
  WSGIInput,
  WSGIResponse,
} from '../wsgi/types.ts';
export type { ErrorHandler } from './errors/error-handlers.ts';

/**
 * The options of `getWsgiApplication()`.
 *
 * @example
 * import type { WSGIApplicationOptions } from 'startproject/wsgi';
 *
 * export const options: WSGIApplicationOptions = { settings: 'mysite.settings' };
 */
export interface WSGIApplicationOptions {
  /**
   * A dotted path, or the imported settings module. Several sites in one process can have different settings.
   * @default the module that DJANGO_SETTINGS_MODULE names when this is called
   */
  readonly settings?: string | object;
}

/**
 * Makes the site's application: settings, URLs and middleware are loaded at once, so that mistakes show at start.
 *
 * @throws {ImproperlyConfigured} that says what is wrong, where, and what to do.
 * @throws {TypeError} for unknown options.
 *
 * @example
 * import { getWsgiApplication } from 'startproject/wsgi';
 *
 * process.env.DJANGO_SETTINGS_MODULE ??= 'mysite.settings';
 * export const application = await getWsgiApplication();
 */
export async function getWsgiApplication(options: WSGIApplicationOptions = {}): Promise<WSGIApplication> {
  const name = typeof options === 'string' ? options : 'mysite.settings';
  checkOptions('getWsgiApplication()', { settings: 'anything' }, [options], `{ settings: '${name}' }`);
  return activeSettings.load(options.settings, createApplication);
}
