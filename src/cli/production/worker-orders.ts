import { type Identity, resolveIdentity } from '../../production/host/identity.ts';
import { makeLogFile } from '../../production/logs/log-target.ts';
import type { WorkerOrders } from '../../production/messages.ts';
import { type RunSettings, schemeOf } from '../../production/parent/site-to-run.ts';
import { readCertificates } from '../../production/tls/read-certificates.ts';
import { TrustedPeers } from '../../servers/trusted-peers.ts';
import { findProject } from '../find-project.ts';

const ADDRESSES = 'FCGI_WEB_SERVER_ADDRS';

/**
 * The orders for the workers of a site: plain data, including certificates. Wrong files are detected here.
 *
 * @param ticketKeys Returns the keys for TLS sessions. Called if there is a certificate.
 * @throws {UserError} with one line for a wrong log file, user, certificate or folder of the site
 */
export function workerOrders(settings: RunSettings, cwd: string, ticketKeys: () => string): WorkerOrders {
  const {
    forwardedAllowIps,
    proxyProtocol,
    proxyAllowIps,
    keepAliveMs,
    headersTimeoutMs,
    bodyTimeoutMs,
    writeTimeoutMs,
    workers,
    warmup,
    allowDebug,
  } = settings;
  const { limitRequestLine, limitRequestFields, limitRequestFieldSize, limitRequestHead, limitRequestBody } =
    settings;
  const { accessLog, accessLogFormat } = settings;
  const folder = settings.chdir ?? cwd;
  const identity = resolveIdentity(settings);
  if (accessLog !== undefined) prepareLog(accessLog, identity);
  const env = { ...process.env, ...settings.env };
  const { protocol } = settings;
  return {
    options: {
      ...findProject(folder, env, settings.settings, 'The option settings'),
      skipChecks: false,
      serverPort: 0,
      application: settings.app,
      limits: {
        limitRequestLine,
        limitRequestFields,
        limitRequestFieldSize,
        limitRequestHead,
        limitRequestBody,
      },
    },
    protocol,
    gateway: protocol === 'fcgi' ? { webServerAddresses: webServerAddresses(env) } : {},
    server: {
      keepAlive: keepAliveMs > 0,
      keepAliveTimeoutMs: keepAliveMs,
      headersTimeoutMs,
      bodyTimeoutMs,
      writeTimeoutMs,
      forwardedAllowIps: [...forwardedAllowIps, 'unix'],
      proxyProtocol,
      proxyAllowIps: [...proxyAllowIps, 'unix'],
      tls: schemeOf(settings) === 'https' ? readCertificates(settings, ticketKeys()) : undefined,
      isMultiprocess: workers > 1,
    },
    identity,
    accessLog: accessLog === undefined ? undefined : { target: accessLog, format: accessLogFormat },
    warmup,
    allowDebug,
  };
}

/**
 * The web servers that may connect, as in FastCGI 1.0 (section 3.2). @throws {ImproperlyConfigured} for a text that is
 * not an address
 */
function webServerAddresses({ [ADDRESSES]: text = '' }: NodeJS.ProcessEnv): readonly string[] | undefined {
  const addresses = text
    .split(',')
    .map((address) => address.trim())
    .filter((address) => address !== '');
  return TrustedPeers.of(addresses, ADDRESSES) && addresses;
}

/** Detects problems of an access log before a worker does, and creates the file for the worker's user. */
function prepareLog(target: string, identity: Identity): void {
  makeLogFile(target, identity.isOurs ? undefined : identity);
}
