import { type LoadedSettings, loadSettings } from '../../conf/load.ts';
import { pathError, settingError } from '../../conf/setting-error.ts';
import { misspelt, settingsNotes } from '../../conf/settings-notes.ts';
import { type SettingsSource, settingsModuleError } from '../../conf/settings-source.ts';
import { ImproperlyConfigured } from '../../errors.ts';
import { findModule } from '../../loader/find-module.ts';
import { isDottedPath } from '../../loader/imports/dotted-path.ts';
import { importObject } from '../../loader/imports/import-object.ts';
import type { SiteLoader } from '../../loader/site-loader.ts';
import type { WebSocketHandler } from '../../servers/http/websocket-upgrades.ts';
import { quote } from '../../text/quote.ts';
import type { WSGIApplication } from '../../wsgi/types.ts';
import { setMain } from './set-main.ts';

interface LoadedApplication {
  readonly application: WSGIApplication;
  /** The export for WebSockets in the application's module. */
  readonly websocket: WebSocketHandler | undefined;
  readonly debug: boolean;
  readonly settings: LoadedSettings;
  /** Notices about the settings for the developer, one line each. */
  readonly notes: readonly string[];
}

interface LoadOptions {
  readonly skipChecks: boolean;
  /** The dotted path of an application or its module. It takes precedence over the `WSGI_APPLICATION` setting. */
  readonly application?: string | undefined;
  /** The source of the name of the settings module, for error messages. @default errors do not name it */
  readonly settingsSource?: SettingsSource | undefined;
  readonly onSettings?: (settings: LoadedSettings) => void;
}

/**
 * Loads a site's application as Django's servers do: the object that the `WSGI_APPLICATION` setting names. Without that
 * setting it is the result of `getWsgiApplication()`.
 *
 * @param loader The installed loader.
 * @param settingsModule The dotted path of the settings module.
 * @param onSettings Called with the settings, also when the application then fails to load.
 * @throws {ImproperlyConfigured} or an error of the site's own code.
 */
export async function loadApplication(
  loader: SiteLoader,
  settingsModule: string,
  { skipChecks, application: named, settingsSource, onSettings }: LoadOptions,
): Promise<LoadedApplication> {
  setMain(loader, settingsModule, false);
  const settings = await loadSettings(settingsModule).catch(async (error) => {
    throw settingsSource ? await settingsModuleError(error, settingsModule, settingsSource) : error;
  });
  onSettings?.(settings);
  const { DEBUG, ALLOWED_HOSTS } = settings.values;
  if (!skipChecks && !DEBUG && ALLOWED_HOSTS.length === 0) {
    const [first] = misspelt(settings);
    throw await settingError(settings.file, {
      setting: first?.name ?? 'ALLOWED_HOSTS',
      message: 'DEBUG is false and ALLOWED_HOSTS names no host: all requests would be refused.',
      hint: first
        ? `${first.name} is not a setting: did you mean ${first.known}?`
        : "Name the hosts that the site answers to: export const ALLOWED_HOSTS = ['localhost'];",
    });
  }
  const asker = named === undefined ? 'WSGI_APPLICATION' : 'The application';
  const dotted = named === undefined ? settings.values.WSGI_APPLICATION : applicationPath(loader, named);
  if (dotted) setMain(loader, dotted, true);
  const { value: application, exports } = dotted
    ? await importApplication(dotted, asker, settings.file)
    : { value: await defaultApplication(loader), exports: {} };
  assertCallable(application, `${asker} '${dotted}'`);
  return {
    application,
    websocket: websocketOf(exports, dotted),
    debug: DEBUG,
    settings,
    notes: settingsNotes(settings),
  };
}

async function importApplication(dotted: string, asker: string, settingsFile: string | undefined) {
  const example = `${dotted.includes('.') ? 'mysite.wsgi' : dotted}.application`;
  try {
    return await importObject(dotted, { asker, example });
  } catch (error) {
    const isSetting = asker === 'WSGI_APPLICATION';
    throw isSetting ? await pathError(error, settingsFile, { setting: asker, path: dotted }) : error;
  }
}

/**
 * Calls `getWsgiApplication()` of the copy of this package that the site imports. Its URL patterns and signals belong
 * to that copy.
 */
async function defaultApplication(loader: SiteLoader): Promise<unknown> {
  const { getWsgiApplication } = (await loader.importPackage(
    'startproject/wsgi',
  )) as typeof import('../../handler/index.ts');
  return getWsgiApplication();
}

/** The path of an application, by gunicorn's grammar: the name of a module alone means `application` in it. */
function applicationPath({ root }: SiteLoader, named: string): string {
  if (named.includes(':') || !isDottedPath(named)) return named;
  const isModule = (dotted: string) => findModule(root, dotted).file !== undefined;
  if (!isModule(named) && isModule(`${named}.wsgi`)) {
    throw new ImproperlyConfigured(`The application '${named}' is a folder, and not a module.`, {
      hint: `Did you mean '${named}.wsgi'?`,
    });
  }
  const prefixes = named.split('.').map((_, index, names) => names.slice(0, index + 1).join('.'));
  // When no part of the path is a module, the error names the whole path.
  return isModule(named) || !prefixes.some(isModule) ? `${named}:application` : named;
}

function websocketOf(exports: object, dotted: string | null): WebSocketHandler | undefined {
  const { websocket } = exports as { readonly websocket?: unknown };
  if (websocket === undefined || typeof websocket === 'function')
    return websocket as WebSocketHandler | undefined;
  throw new ImproperlyConfigured(
    `The export websocket beside '${dotted}' is not a function, found ${quote(websocket)}.`,
    {
      hint: 'It takes the connections of WebSocket handshakes: export function websocket(request, socket, head) { … }',
    },
  );
}

/** @param what The application and its dotted path, for the message. */
function assertCallable(value: unknown, what: string): asserts value is WSGIApplication {
  if (typeof value === 'function') return;
  if (value instanceof Promise) {
    value.catch(() => {}); // Ignored: the next error is more important.
    throw new ImproperlyConfigured(`${what} is a promise, and must be a function.`, {
      hint: 'Await it: export const application = await getWsgiApplication();',
    });
  }
  const found = value === null ? 'null' : typeof value;
  throw new ImproperlyConfigured(`${what} is not callable: found ${found}, expected a function.`, {
    hint: 'A WSGI application is a function (environ, startResponse) => iterable of Uint8Array.',
  });
}
