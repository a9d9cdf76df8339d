import { type AccessLine, formatAccess } from '../servers/access-log.ts';
import { clientErrorNotice } from '../servers/client-error-notice.ts';
import { createHttpServer, type HttpServer } from '../servers/http.ts';
import { loadApplication } from './load-application.ts';
import type { SiteOptions } from './messages.ts';
import { Runtime } from './runtime.ts';
import { validated } from './validated.ts';

export interface SingleProcessReport {
  onRequest(line: AccessLine): void;
  onNotice(text: string): void;
}

/**
 * Loads a site in this very process, for `--noreload`.
 *
 * @returns A server for it, which does not listen yet.
 * @throws what the site throws.
 */
export async function loadSite(site: SiteOptions, report: SingleProcessReport): Promise<HttpServer> {
  process.chdir(site.root);
  process.env.DJANGO_SETTINGS_MODULE = site.settings;
  const runtime = new Runtime(site.root, () => {});
  const loader = runtime.install([]);
  const { application, debug, notes } = await loadApplication(loader, site.settings, site);
  for (const text of notes) report.onNotice(text);
  runtime.saveCache();
  const served = debug ? validated(application, (text) => report.onNotice(text)) : application;
  return createHttpServer(served, {
    ...site.limits,
    onResponse: (record) => report.onRequest(formatAccess(record, new Date())),
    onClientError: (record) => report.onNotice(clientErrorNotice(record)),
  });
}
