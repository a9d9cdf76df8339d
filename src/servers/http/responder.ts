import { STATUS_CODES } from 'node:http';
import { drive } from '../../wsgi/driver/driver.ts';
import type { Environ, Header, WSGIApplication, WSGIErrors } from '../../wsgi/types.ts';
import type { RequestLimits } from '../request-limits.ts';
import type { TrustedPeers } from '../trusted-peers.ts';
import type { HttpConnection } from './connection/connection.ts';
import type { HttpServerOptions } from './options.ts';
import { buildEnviron, type HttpEnvironDefaults } from './request/environ.ts';
import { HttpRefusal } from './request/refusal.ts';
import type { HttpTransport } from './transport.ts';
import { isHandshake } from './websocket-upgrades.ts';

const NO_WEBSOCKET =
  'This is a WebSocket handshake, and the site has no handler for it: export a function websocket(request, socket, head) beside application.\n';

/** Answers requests, by the application or, if HTTP requires it, by the server itself. */
export class HttpResponder {
  readonly #application: WSGIApplication;
  readonly #options: HttpServerOptions;
  readonly #defaults: HttpEnvironDefaults;

  constructor(
    application: WSGIApplication,
    options: HttpServerOptions,
    errors: WSGIErrors,
    limits: RequestLimits,
    proxies?: TrustedPeers,
  ) {
    this.#application = application;
    this.#options = options;
    this.#defaults = { errors, isMultiprocess: options.isMultiprocess ?? false, limits, proxies };
  }

  /** @param onOver called when the request has ended */
  respond(transport: HttpTransport, connection: HttpConnection, onOver: () => void): void {
    const { request } = transport;
    let environ: Environ;
    try {
      environ = buildEnviron(request, transport, connection, this.#defaults);
    } catch (error) {
      if (!(error instanceof HttpRefusal)) throw error;
      this.#refuse(error, transport, connection).then(onOver);
      return;
    }
    transport.clientAddress = environ.REMOTE_ADDR;
    transport.environ = environ;
    transport.hasRequestBody =
      environ.CONTENT_LENGTH !== undefined || environ.HTTP_TRANSFER_ENCODING !== undefined;
    if (transport.hasRequestBody) connection.withBody = transport;
    const isUpgrade = environ.HTTP_UPGRADE !== undefined;
    if (isUpgrade && mayHideMore(transport)) connection.endWith(transport);
    // The headers of other requests stay unread, since Node 26 does not read them either.
    if (isUpgrade && environ.REQUEST_METHOD === 'GET' && isHandshake(request.headers)) {
      connection.endWith(transport);
      sendText(transport, 426, NO_WEBSOCKET, [
        ['Upgrade', 'websocket'],
        ['Connection', 'close, Upgrade'],
      ]).then(onOver);
      return;
    }
    // It asks about the server, not about a resource of the application (RFC 9110, section 9.3.7).
    if (request.url === '*') sendText(transport, 200, '').then(onOver);
    else drive(this.#application, environ, transport, this.#options, onOver);
  }

  #refuse(refusal: HttpRefusal, transport: HttpTransport, connection: HttpConnection): Promise<void> {
    connection.refuseWith(transport, connection.recordOf(refusal));
    return sendText(transport, refusal.status, `${refusal.message}\n`);
  }
}

/**
 * Whether bytes may have arrived together with a request that asks for an upgrade. Node's parser stops at the end of
 * the request, and following bytes are lost. If the request contains all received bytes, nothing follows.
 */
function mayHideMore({ request, hasRequestBody, connection }: HttpTransport): boolean {
  const { method, url, rawHeaders } = request;
  const line = `${method} ${url} HTTP/1.1\r\n`.length;
  const fields = rawHeaders.reduce((length, text) => length + text.length + 2, 0); // Two bytes for a colon and a space, or for a line end.
  return hasRequestBody || connection.bytesSinceIdle !== line + fields + 2;
}

/** Answers instead of the application. */
export async function sendText(
  transport: HttpTransport,
  status: number,
  text: string,
  headers: readonly Header[] = [],
): Promise<void> {
  const body = Buffer.from(text);
  transport.start(status, STATUS_CODES[status] ?? '', [
    ['Content-Type', 'text/plain; charset=utf-8'],
    ['Content-Length', String(body.length)],
    ...headers,
  ]);
  try {
    await transport.end(transport.request.method === 'HEAD' ? undefined : body);
  } catch {
    // The client has disconnected, so nothing can be sent.
  }
}
