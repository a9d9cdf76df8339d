import { createHttpServer } from '../../servers/http/http-server.ts';
import type { HttpServerOptions } from '../../servers/http/options.ts';
import type { Server } from '../../servers/server.ts';
import type { WSGIApplication } from '../../wsgi/types.ts';
import type { WorkerOrders } from '../messages.ts';

/** The options that exist only in the worker. */
type WorkerOptions = Pick<
  HttpServerOptions,
  'websocket' | 'onResponse' | 'onConnection' | 'onMaxRequests' | 'onCut' | 'onClientError'
> & {
  /** The value of the setting FORCE_SCRIPT_NAME. */
  readonly forceScriptName?: string | undefined;
};

/** Creates the server of a site for its protocol. */
export async function createServer(
  application: WSGIApplication,
  { options: site, protocol, server, gateway }: WorkerOrders,
  { forceScriptName, websocket, ...callbacks }: WorkerOptions,
): Promise<Server> {
  const shared = { ...callbacks, ...site.limits, serverName: site.serverName };
  if (protocol === 'http') return createHttpServer(application, { ...shared, ...server, websocket });
  // Not loaded for HTTP.
  const { createGatewayServer } = await import('../../servers/gateway/gateway-server.ts');
  const { forwardedAllowIps: _f, proxyProtocol: _p, proxyAllowIps: _a, tls: _t, ...ofBoth } = server;
  return createGatewayServer(application, { ...shared, ...ofBoth, ...gateway, protocol, forceScriptName });
}
