import type { LoadedSettings } from '../../conf/load.ts';
import { misspelt } from '../../conf/settings-notes.ts';
import { ImproperlyConfigured, isUserError } from '../../errors.ts';
import type { SiteLoader } from '../../loader/site-loader.ts';
import { clientErrorNotice } from '../../servers/http/client-error-notice.ts';
import { createHttpServer } from '../../servers/http/http-server.ts';
import type { HttpServerOptions } from '../../servers/http/options.ts';
import type { ResponseRecord } from '../../servers/response-record.ts';
import type { Server } from '../../servers/server.ts';
import type { WSGIApplication } from '../../wsgi/types.ts';
import { loadApplication } from './load-application.ts';
import { RequestErrors } from './request-errors.ts';
import type { SiteOptions } from './site-options.ts';
import { validated } from './validated.ts';

export interface SiteReport {
  /** @param error The text that the request wrote to `wsgi.errors`, if the site's options collect it. */
  onResponse(record: ResponseRecord, error?: string): void;
  /** @param isOnce Whether the notice need not be shown again. */
  onNotice(text: string, isOnce?: boolean): void;
}

interface ServeOptions {
  /** Called with the settings, also when the application then fails to load. */
  readonly onSettings?: (settings: LoadedSettings) => void;
  /** A middleware for a site with DEBUG. @default none */
  readonly wrap?: (application: WSGIApplication) => WSGIApplication;
  /** A middleware for every site. @default none */
  readonly watch?: (application: WSGIApplication) => WSGIApplication;
  /** Whether a connection may carry several requests. @default true */
  readonly keepAlive?: boolean;
}

/**
 * Changes the working directory to the project root, as the site's code expects.
 *
 * @throws {ImproperlyConfigured} when the folder has been moved or deleted, or cannot be entered.
 */
export function enterSite({ root, settings }: SiteOptions): void {
  try {
    process.chdir(root);
  } catch (cause) {
    const isGone = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const what = isGone ? 'no longer exists' : `cannot be entered: ${(cause as Error).message}`;
    throw new ImproperlyConfigured(`The project's folder ${root} ${what}.`, {
      hint: isGone
        ? 'Put it back, or start the server again where the project is now.'
        : 'Let this user enter it.',
      cause,
    });
  }
  process.env.DJANGO_SETTINGS_MODULE = settings;
}

/**
 * Loads a site and creates a server for it, in a worker or in a process without an arbiter. The server does not listen
 * yet.
 *
 * @param loader The installed loader.
 * @throws {ImproperlyConfigured} or an error of the site's own code.
 */
export async function serveSite(
  loader: SiteLoader,
  site: SiteOptions,
  report: SiteReport,
  {
    onSettings,
    wrap = (application) => application,
    watch = (application) => application,
    keepAlive,
  }: ServeOptions = {},
): Promise<Server> {
  let loaded: LoadedSettings | undefined;
  const loading = loadApplication(loader, site.settings, {
    ...site,
    onSettings(settings) {
      loaded = settings;
      onSettings?.(settings);
    },
  });
  const { application, websocket, debug } = await loading.catch((error: unknown) => {
    if (loaded !== undefined) tellMisspelt(loaded, error, report);
    throw error;
  });
  const served = debug ? wrap(validated(application, (text) => report.onNotice(text))) : application;
  return siteServer(watch(served), site, report, { keepAlive, websocket });
}

/** Reports misspelt settings. An error ends a load before the checks run, and a misspelt setting may be its cause. */
function tellMisspelt(settings: LoadedSettings, error: unknown, report: SiteReport): void {
  const hint = isUserError(error) ? error.hint : undefined;
  for (const { name, known } of misspelt(settings)) {
    const text = `${name} is not a setting: did you mean ${known}?`;
    if (text !== hint) report.onNotice(text, true);
  }
}

type ServerSite = Pick<SiteOptions, 'limits' | 'serverName' | 'serverPort' | 'tls' | 'keepsErrors'>;

/** Creates a server for an application. */
export function siteServer(
  application: WSGIApplication,
  { limits, serverName, serverPort, tls, keepsErrors }: ServerSite,
  report: SiteReport,
  { keepAlive = true, websocket }: Pick<HttpServerOptions, 'keepAlive' | 'websocket'> = {},
): Server {
  const errors = keepsErrors ? new RequestErrors() : undefined;
  return createHttpServer(errors?.keep(application) ?? application, {
    ...limits,
    keepAlive,
    websocket,
    tls,
    serverName,
    serverPort: serverPort === 0 ? undefined : serverPort, // Undefined: the port of the connection is used.
    onResponse: (record) => report.onResponse(record, errors?.take(record.environ)),
    onClientError: (record) => report.onNotice(clientErrorNotice(record)),
  });
}
