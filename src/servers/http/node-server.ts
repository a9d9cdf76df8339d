import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type https from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { answerHalfOpen } from '../../node-internals/half-open.ts';
import type { RequestLimits } from '../request-limits.ts';
import { KEEP_ALIVE_TIMEOUT_MS, TIMEOUT_MS } from '../stall-watch.ts';
import type { TlsServerOptions } from '../tls/secure-contexts.ts';
import type { HttpServerOptions } from './options.ts';
import { refuseConnect } from './refuse-connect.ts';
import { parserLimit } from './request/limits.ts';
import type { ParserError } from './request/refusal.ts';
import { ServerRequest } from './request/server-request.ts';
import { isHandshake } from './websocket-upgrades.ts';

interface NodeServerEvents {
  /** Called when a connection is ready for HTTP. */
  connected(socket: Socket): void;
  /** @param isHeldBack whether the client waits for `100 Continue` before it sends the body */
  requested(request: IncomingMessage, response: ServerResponse, isHeldBack: boolean): void;
  /** Called when a request asks for an upgrade. @default such a request is handled like any other */
  upgrading?: ((request: IncomingMessage, socket: Socket, head: Buffer) => void) | undefined;
  parserFailed(error: ParserError, socket: Socket): void;
  handshakeFailed(error: Error, socket: TLSSocket): void;
}

/** The limit of Node's timers. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** This option is missing in the types of Node 20. Without a listener for upgrades, Node would close the connection. */
const SELECTIVE: object = {
  shouldUpgradeCallback: ({ headers }: IncomingMessage) => isHandshake(headers),
};

/**
 * Creates Node's server with the parser in its strict default mode. The time limits of bodies and responses are
 * enforced by `stall-watch.ts`.
 */
export function createNodeServer(
  {
    keepAliveTimeoutMs: keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS,
    headersTimeoutMs: headersTimeout = TIMEOUT_MS,
  }: HttpServerOptions,
  limits: RequestLimits,
  events: NodeServerEvents,
  tls?: TlsServerOptions,
): http.Server {
  const forHttp = {
    IncomingMessage: ServerRequest as unknown as typeof IncomingMessage,
    keepAliveTimeout,
    headersTimeout,
    requestTimeout: 0, // `stall-watch.ts` distinguishes a slow client from a slow application.
    connectionsCheckingInterval: Math.min(1_000, Math.ceil(headersTimeout / 4) || 1_000),
    maxHeaderSize: parserLimit(limits),
    insecureHTTPParser: false, // The strict parser, even if Node's command line has `--insecure-http-parser`.
    // From Node 24.9 on, a callback selects the upgrades; earlier versions treat all of them alike.
    ...(events.upgrading && SELECTIVE),
    requireHostHeader: false, // Host is checked together with the environ, so that a refusal is reported.
  };
  const server = tls === undefined ? http.createServer(forHttp) : createSecure(forHttp, events, tls);
  if (tls === undefined) server.on('connection', (socket) => events.connected(socket));
  server.maxHeadersCount = 0; // With a limit, Node drops further headers silently.
  answerHalfOpen(server);
  server.on('request', (request, response) => events.requested(request, response, false));
  server.on('checkContinue', (request, response) => events.requested(request, response, true));
  server.on('checkExpectation', (request, response) => events.requested(request, response, false));
  const { upgrading } = events;
  if (upgrading) server.on('upgrade', (request, socket, head) => upgrading(request, socket as Socket, head));
  server.on('connect', (request, socket) => refuseConnect(request, socket as Socket));
  server.on('clientError', (error, socket) => events.parserFailed(error, socket as Socket));
  return server;
}

function createSecure(
  forHttp: http.ServerOptions,
  events: NodeServerEvents,
  tls: TlsServerOptions,
): https.Server {
  const handshakeTimeout = forHttp.headersTimeout || LONGEST_TIMEOUT_MS;
  const { createServer } = process.getBuiltinModule('node:https'); // Loaded on demand, since most servers have no TLS.
  const server = createServer({ ...forHttp, ...tls, handshakeTimeout });
  server.on('tlsClientError', (error, socket) => events.handshakeFailed(error, socket));
  server.on('secureConnection', (socket) => {
    const refusal = certificateRefusal(socket, tls);
    if (refusal === undefined) {
      events.connected(socket);
      return;
    }
    socket.destroy();
    events.handshakeFailed(refusal, socket);
  });
  return server;
}

/** If client certificates are optional, Node accepts a certificate that no authority has signed. */
function certificateRefusal(
  socket: TLSSocket,
  { requestCert, rejectUnauthorized: isRequired }: TlsServerOptions,
): Error | undefined {
  if (!requestCert) return undefined;
  const isShown = socket.getPeerX509Certificate() !== undefined;
  if (isShown ? socket.authorized : !isRequired) return undefined;
  return socket.authorizationError ?? new Error('The client has sent no certificate.');
}
