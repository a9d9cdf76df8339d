import { type AccessLine, formatAccess } from '../servers/access-log.ts';
import { clientErrorNotice } from '../servers/client-error-notice.ts';
import { createHttpServer, type HttpServer } from '../servers/http.ts';
import type { WSGIApplication } from '../wsgi/types.ts';
import type { SiteOptions } from './messages.ts';

export interface SiteReport {
  onRequest(line: AccessLine): void;
  onNotice(text: string): void;
}

/** Goes to where the site's code expects to be. */
export function enterSite({ root, settings }: SiteOptions, env: NodeJS.ProcessEnv): void {
  process.chdir(root);
  env.DJANGO_SETTINGS_MODULE = settings;
}

/** A server for a site's application, the same in a worker and in a process of its own. It does not listen yet. */
export function siteServer(
  application: WSGIApplication,
  { limits, serverName, serverPort }: Pick<SiteOptions, 'limits' | 'serverName' | 'serverPort'>,
  report: SiteReport,
  { keepAlive = true } = {},
): HttpServer {
  return createHttpServer(application, {
    ...limits,
    keepAlive,
    serverName,
    serverPort: serverPort === 0 ? undefined : serverPort, // that of the connection
    onResponse: (record) => report.onRequest(formatAccess(record, new Date())),
    onClientError: (record) => report.onNotice(clientErrorNotice(record)),
  });
}
