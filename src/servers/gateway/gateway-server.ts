import { createServer, type Socket } from 'node:net';
import { type AcceptedHandle, takeAccepted } from '../../node-internals/sockets/accepted-handle.ts';
import { drive } from '../../wsgi/driver/driver.ts';
import { describeError } from '../../wsgi/errors.ts';
import type { WSGIApplication } from '../../wsgi/types.ts';
import { ConnectionServer } from '../connection-server.ts';
import { fastCgi } from '../fastcgi/fastcgi-connection.ts';
import { checkContentLength } from '../http/request/limits.ts';
import { type ClientErrorRecord, HttpRefusal, refusedRecord } from '../http/request/refusal.ts';
import { Listeners } from '../listeners.ts';
import type { RequestLimits } from '../request-limits.ts';
import { scgi } from '../scgi/scgi-connection.ts';
import { TrustedPeers } from '../trusted-peers.ts';
import { uwsgi } from '../uwsgi/uwsgi-connection.ts';
import { checkLimits } from './check-limits.ts';
import type { GatewayEnvironDefaults } from './environ.ts';
import type { GatewayConnection, GatewayHost } from './gateway-connection.ts';
import type { GatewayProtocolName, GatewayServerOptions } from './gateway-options.ts';
import type { CreateGatewayProtocol, GatewayProtocol } from './gateway-protocol.ts';
import type { GatewayTransport } from './gateway-transport.ts';
import type { GatewayVariables } from './gateway-variables.ts';

const CONNECTION_REQUESTS = 100;
/** The size that Node uses for one read. */
const READ_BYTES = 64 * 1024;

const PROTOCOLS: Readonly<Record<GatewayProtocolName, CreateGatewayProtocol>> = {
  fcgi: fastCgi,
  scgi,
  uwsgi,
};

/**
 * Answers `OPTIONS *`, which asks about the server and not about a resource of the application (RFC 9110, section
 * 9.3.7).
 */
const aboutServer: WSGIApplication = function aboutServer(_environ, startResponse) {
  startResponse('200 OK', [
    ['Content-Type', 'text/plain; charset=utf-8'],
    ['Content-Length', '0'],
  ]);
  return [];
};

/**
 * A server for one application behind a web server that forwards requests by FastCGI, SCGI or uwsgi. Creating it,
 * `listen()` and `close()` are three separate steps.
 *
 * @example
 * import { createGatewayServer } from 'startproject/server';
 * import { application } from './mysite/wsgi.ts';
 *
 * const server = createGatewayServer(application, { protocol: 'fcgi' });
 * await server.listen({ host: '127.0.0.1', port: 9000 });
 * await server.close();
 */
export function createGatewayServer(
  application: WSGIApplication,
  options: GatewayServerOptions,
): GatewayServer {
  return new GatewayServer(application, options);
}

/** The result of `createGatewayServer()`. */
export class GatewayServer
  extends ConnectionServer<GatewayTransport, GatewayConnection>
  implements GatewayHost
{
  declare readonly limits: RequestLimits;
  readonly limitConnectionRequests: number;
  readonly readBuffer = Buffer.allocUnsafeSlow(READ_BYTES);
  readonly serverHeader: string | undefined;
  readonly sendErrors: boolean;
  readonly #application: WSGIApplication;
  readonly #options: GatewayServerOptions;
  readonly #protocol: GatewayProtocol;
  readonly #defaults: GatewayEnvironDefaults;
  readonly #webServers: TrustedPeers | undefined;
  protected readonly listeners: Listeners;

  constructor(application: WSGIApplication, options: GatewayServerOptions) {
    super(options);
    this.#application = application;
    this.#options = options;
    this.limitConnectionRequests = options.limitConnectionRequests ?? CONNECTION_REQUESTS;
    this.serverHeader = options.serverHeader;
    this.sendErrors = options.sendErrors ?? true;
    this.#defaults = {
      errors: this.errors,
      isMultiprocess: options.isMultiprocess ?? false,
      forceScriptName: options.forceScriptName,
    };
    this.#webServers = TrustedPeers.of(options.webServerAddresses, 'webServerAddresses');
    this.#protocol = PROTOCOLS[options.protocol](this);
    const main = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#begin(socket));
    const { openHandle } = this.#protocol;
    this.listeners = new Listeners(
      main,
      (error) => this.errors.write(describeError(error)),
      openHandle && ((server) => takeAccepted(server, (handle) => this.#beginHandle(handle, openHandle))),
    );
  }

  /** Adopts a connection that was accepted elsewhere, with the bytes that were already read from it. */
  accept(socket: Socket, head?: Uint8Array): void {
    if (socket.destroyed) return;
    socket.allowHalfOpen = true;
    socket.setNoDelay(true);
    const connection = this.#begin(socket);
    if (head !== undefined && head.length > 0) connection?.take(Buffer.from(head));
    socket.resume();
  }

  #begin(socket: Socket): GatewayConnection | undefined {
    const { remoteAddress } = socket;
    if (remoteAddress !== undefined && this.#webServers?.has(remoteAddress) === false) {
      const message = 'It is not one of the web servers that may connect (webServerAddresses).';
      this.report(refusedRecord({ status: 0, message }, remoteAddress));
      socket.destroy();
      return undefined;
    }
    const connection = this.#protocol.open(socket);
    this.connectionBegan(connection);
    const { keepAliveTimeoutMs = 0 } = this.#options;
    if (keepAliveTimeoutMs > 0) {
      // Not passed to setTimeout(), which calls it only once: a request may take longer than this time.
      socket.setTimeout(keepAliveTimeoutMs).on('timeout', () => {
        if (connection.isIdle) connection.endBehindOpen();
        else socket.setTimeout(keepAliveTimeoutMs);
      });
    }
    this.connectionReady(connection);
    return connection;
  }

  /** @returns false if no bytes have arrived yet */
  #beginHandle(handle: AcceptedHandle, open: (handle: AcceptedHandle) => GatewayConnection): boolean {
    const length = handle.read(this.readBuffer);
    if (length === undefined) return false;
    if (length === 0) {
      handle.close();
      return true;
    }
    const connection = open(handle);
    this.connectionBegan(connection);
    connection.takeFirst(this.readBuffer.subarray(0, length));
    return true;
  }

  closed(connection: GatewayConnection): void {
    this.connectionEnded(connection);
  }

  report(record: ClientErrorRecord): void {
    this.onClientError(record);
  }

  prepare(transport: GatewayTransport, variables: GatewayVariables, connection: GatewayConnection): boolean {
    try {
      checkLimits(variables, this.limits);
      const environ = connection.environs.make(variables, transport, this.#defaults);
      environ['wsgi.errors'] = transport.errorsBeside(this.errors);
      transport.environ = environ;
      const length = environ.CONTENT_LENGTH;
      checkContentLength(length, this.limits);
      if (length !== undefined) transport.expectBody(Number(length));
      return true;
    } catch (error) {
      if (!(error instanceof HttpRefusal)) throw error;
      connection.refuse(transport, error);
      return false;
    }
  }

  run(transport: GatewayTransport, connection: GatewayConnection): void {
    const onOver = this.requestBegan(transport, connection);
    const { context, environ } = transport;
    const application = environ!.PATH_INFO === '*' ? aboutServer : this.#application;
    context.runInAsyncScope(drive, undefined, application, environ!, transport, this.#options, onOver);
  }
}
