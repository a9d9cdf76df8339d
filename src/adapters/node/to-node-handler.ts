import type { IncomingMessage, ServerResponse } from 'node:http';
import { HttpConnection } from '../../servers/http/connection/connection.ts';
import { endsOf } from '../../servers/http/connection/connection-ends.ts';
import { buildEnviron } from '../../servers/http/request/environ.ts';
import { HttpRefusal } from '../../servers/http/request/refusal.ts';
import { sendText } from '../../servers/http/responder.ts';
import { requestLimits } from '../../servers/request-limits.ts';
import { type RunOptions, run } from '../../wsgi/driver/driver.ts';
import { ErrorStream } from '../../wsgi/environ/errors-stream.ts';
import type { Environ, WSGIApplication, WSGIErrors } from '../../wsgi/types.ts';
import { FrameworkTransport } from './framework-transport.ts';
import { shiftToMount } from './shift-to-mount.ts';

/** The server that received the request has its own limits. */
const NO_LIMITS = requestLimits({
  limitRequestLine: 0,
  limitRequestFields: 0,
  limitRequestFieldSize: 0,
  limitRequestHead: 0,
  limitRequestBody: 0,
});

/**
 * The options of `toNodeHandler()`.
 *
 * @example
 * import type { ToNodeHandlerOptions } from 'startproject/adapters/node';
 *
 * export const options: ToNodeHandlerOptions = { scriptName: '/site' };
 */
export interface ToNodeHandlerOptions extends RunOptions {
  /**
   * The path at which the application is mounted, `/site`, for a framework that leaves it in `request.url`, such as Koa, Fastify
   * and h3. Requests outside of it are answered with 404.
   * @default the path from `request.baseUrl` or `request.originalUrl`, which Express and Connect set
   */
  readonly scriptName?: string | undefined;
  /** Variables to add to each environ or to change in it, from data of the framework. @default none */
  readonly environ?: ((request: IncomingMessage, response: ServerResponse) => Partial<Environ>) | undefined;
  /** SERVER_NAME. @default the address that the client connected to */
  readonly serverName?: string | undefined;
  /** SERVER_PORT. @default the port that the client connected to */
  readonly serverPort?: number | undefined;
  /** Whether other processes run the same application: `wsgi.multiprocess`. @default false */
  readonly isMultiprocess?: boolean | undefined;
  /** `wsgi.errors`. @default stderr */
  readonly errors?: WSGIErrors | undefined;
}

/**
 * A handler of Node requests that runs a WSGI application: for `http.createServer()`, and for every framework that is built
 * on it.
 *
 * It returns a promise that resolves at the end of the response and is never rejected, or nothing if the response has ended.
 *
 * @example
 * import express from 'express';
 * import { toNodeHandler } from 'startproject/adapters/node';
 * import { application } from './mysite/wsgi.ts';
 *
 * const shop = express();
 * shop.use('/site', toNodeHandler(application));
 * shop.listen(8000);
 */
export function toNodeHandler(
  application: WSGIApplication,
  options: ToNodeHandlerOptions = {},
): (request: IncomingMessage, response: ServerResponse) => void | Promise<void> {
  const { serverName, serverPort, scriptName, environ: additions } = options;
  const defaults = {
    errors: options.errors ?? new ErrorStream((text) => process.stderr.write(text)),
    isMultiprocess: options.isMultiprocess ?? false,
    limits: NO_LIMITS,
  };

  return function nodeHandler(request, response) {
    if (request.httpVersionMajor === 2) return refuseHttp2(response);
    const { socket } = request;
    const connection =
      HttpConnection.of(socket) ??
      new HttpConnection(socket, endsOf(socket, { serverName, serverPort }), { onClientError: () => {} });
    const transport = new FrameworkTransport(request, response, connection, defaults);
    let environ: Environ;
    try {
      environ = buildEnviron(request, transport, connection, defaults);
    } catch (error) {
      if (!(error instanceof HttpRefusal)) throw error;
      response.shouldKeepAlive = false;
      return sendText(transport, error.status, `${error.message}\n`);
    }
    if (!shiftToMount(environ, request, scriptName)) return sendText(transport, 404, 'Not Found\n');
    // `OPTIONS *` asks about the server itself (RFC 9110, section 9.3.7), and the framework's server passes it to its
    // handlers.
    if (request.url === '*') return sendText(transport, 200, '');
    transport.hasRequestBody =
      environ.CONTENT_LENGTH !== undefined || environ.HTTP_TRANSFER_ENCODING !== undefined;
    if (additions === undefined) return run(application, environ, transport, options);
    const withAdditions: WSGIApplication = (_environ, startResponse) =>
      application(Object.assign(environ, additions(request, response)), startResponse);
    return run(withAdditions, environ, transport, options);
  };
}

/** The response has no reason phrase: HTTP/2 has none, and Node would print a warning. */
function refuseHttp2(response: ServerResponse): void {
  response.writeHead(505, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(
    'HTTP/2 is not supported here. Serve toFetch(application) by getRequestListener() of @hono/node-server: ' +
      'see docs/frameworks.md, "HTTP/2".\n',
  );
}
