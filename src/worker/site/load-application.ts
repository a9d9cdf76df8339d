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
  /** What the application's module exports beside it for WebSockets. */
  readonly websocket: WebSocketHandler | undefined;
  readonly debug: boolean;
  readonly settings: LoadedSettings;
  /** What a developer should know of the settings, one line each. */
  readonly notes: readonly string[];
}

interface LoadOptions {
  readonly skipChecks: boolean;
  /** Dotted path of what to load in the place of the `WSGI_APPLICATION` setting: the object, or its module. */
  readonly application?: string | undefined;
  /** What has named the settings module. @default errors do not say */
  readonly settingsSource?: SettingsSource | undefined;
  readonly onSettings?: (settings: LoadedSettings) => void;
}

/**
 * Loads a site's application as Django's servers do: what the `WSGI_APPLICATION` setting names, and without it
 * `getWsgiApplication()`.
 *
 * @param loader The installed one.
 * @param settingsModule Dotted path of the settings module.
 * @param onSettings Called with the settings, also when what they name does not load.
 * @throws {ImproperlyConfigured} or what the site's own code throws.
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

/** By the copy of this package that the site's own modules import: its URL patterns and signals are of that one. */
async function defaultApplication(loader: SiteLoader): Promise<unknown> {
  const { getWsgiApplication } = (await loader.importPackage(
    'startproject/wsgi',
  )) as typeof import('../../handler/index.ts');
  return getWsgiApplication();
}

/** gunicorn's grammar: a module alone means the `application` in it. */
function applicationPath({ root }: SiteLoader, named: string): string {
  if (named.includes(':') || !isDottedPath(named)) return named;
  const isModule = (dotted: string) => findModule(root, dotted).file !== undefined;
  if (!isModule(named) && isModule(`${named}.wsgi`)) {
    throw new ImproperlyConfigured(`The application '${named}' is a folder, and not a module.`, {
      hint: `Did you mean '${named}.wsgi'?`,
    });
  }
  const prefixes = named.split('.').map((_, index, names) => names.slice(0, index + 1).join('.'));
  // Where nothing of the path is a module, the whole of it is what was meant, and what the error names.
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

/** @param what The application, with its dotted path. */
function assertCallable(value: unknown, what: string): asserts value is WSGIApplication {
  if (typeof value === 'function') return;
  if (value instanceof Promise) {
    value.catch(() => {}); // What it fails with matters less than that nobody waits for it.
    throw new ImproperlyConfigured(`${what} is a promise, and must be a function.`, {
      hint: 'Await it: export const application = await getWsgiApplication();',
    });
  }
  const found = value === null ? 'null' : typeof value;
  throw new ImproperlyConfigured(`${what} is not callable: found ${found}, expected a function.`, {
    hint: 'A WSGI application is a function (environ, startResponse) => iterable of Uint8Array.',
  });
}
