import type { AddressInfo } from 'node:net';
import { type AccessLine, formatAccess } from '../servers/access-log.ts';
import { createHttpServer, type HttpServer } from '../servers/http.ts';
import { clientErrorNotice } from './client-error-notice.ts';
import { loadApplication } from './load-application.ts';
import type { SiteOptions } from './messages.ts';
import { Runtime } from './runtime.ts';

export interface SingleProcessReport {
  onRequest(line: AccessLine): void;
  onNotice(text: string): void;
}

/**
 * Loads and serves a site in this very process, for `--noreload`.
 *
 * @throws what the site throws, and the system's error when the address cannot be had.
 */
export async function serveSite(
  site: SiteOptions,
  address: { host: string; port: number; ipv6Only?: boolean },
  report: SingleProcessReport,
): Promise<{ server: HttpServer; port: number }> {
  process.chdir(site.root);
  process.env.DJANGO_SETTINGS_MODULE = site.settings;
  const runtime = new Runtime(site.root);
  const loader = runtime.install([], () => {});
  const { application, notes } = await loadApplication(loader, site.settings, site);
  for (const text of notes) report.onNotice(text);
  runtime.saveCache();
  const server = createHttpServer(application, {
    onResponse: (record) => report.onRequest(formatAccess(record, new Date())),
    onClientError: (record) => report.onNotice(clientErrorNotice(record)),
  });
  const bound = (await server.listen(address)) as AddressInfo;
  return { server, port: bound.port };
}
