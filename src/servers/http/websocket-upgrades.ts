import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { describeError } from '../../wsgi/errors.ts';
import type { WSGIErrors } from '../../wsgi/types.ts';
import { HttpConnection } from './connection/connection.ts';
import { refuseUpgrade } from './refuse-connect.ts';
import { HttpRefusal } from './request/refusal.ts';
import { checkHost, checkVersion, parseTarget } from './request/rules.ts';

/**
 * Adopts the connection of a WebSocket handshake. It must answer the handshake itself, as `handleUpgrade()` of the
 * package `ws` does.
 *
 * @param head bytes that the client has sent after its request
 */
export type WebSocketHandler = (request: IncomingMessage, socket: Socket, head: Buffer) => void;

/** Whether a request is a handshake (RFC 6455, section 4.1). */
export function isHandshake({ upgrade, 'sec-websocket-key': key }: IncomingHttpHeaders): boolean {
  return upgrade?.toLowerCase() === 'websocket' && key !== undefined;
}

/** The reason for refusing a handshake. It applies to each request with this target and these hosts. */
function refusalOf(request: IncomingMessage): HttpRefusal | undefined {
  try {
    checkVersion(request);
    parseTarget(request);
    const [host, ...others] = request.headersDistinct.host ?? [];
    if (others.length > 0) return new HttpRefusal(400, 'Host was sent twice.');
    checkHost(host, true);
    return undefined;
  } catch (error) {
    if (error instanceof HttpRefusal) return error;
    throw error;
  }
}

/** The connections of a server that have become WebSockets. */
export class WebSocketUpgrades {
  readonly #handler: WebSocketHandler;
  readonly #leave: (connection: HttpConnection) => void;
  readonly #errors: WSGIErrors;
  readonly #sockets = new Set<Socket>();
  #isClosed = false;

  /** @param leave called with a connection that no longer uses HTTP */
  static of(
    handler: WebSocketHandler | undefined,
    leave: (connection: HttpConnection) => void,
    errors: WSGIErrors,
  ): WebSocketUpgrades | undefined {
    return handler && new WebSocketUpgrades(handler, leave, errors);
  }

  constructor(handler: WebSocketHandler, leave: (connection: HttpConnection) => void, errors: WSGIErrors) {
    this.#handler = handler;
    this.#leave = leave;
    this.#errors = errors;
  }

  readonly take: WebSocketHandler = (request, socket, head) => {
    const connection = HttpConnection.of(socket);
    if (connection === undefined || this.#isClosed) {
      socket.destroy();
      return;
    }
    if (!isHandshake(request.headers) || connection.open.length > 0 || connection.isEnding) {
      refuseUpgrade(request, socket);
      return;
    }
    const refusal = refusalOf(request);
    if (refusal !== undefined) {
      refuseUpgrade(request, socket, refusal);
      return;
    }
    this.#leave(connection);
    for (const event of ['resume', 'end', 'drain']) socket.removeAllListeners(event);
    Reflect.deleteProperty(socket, 'destroySoon'); // It is for responses only.
    socket.setTimeout(0);
    socket.on('error', () => {}); // An error without a listener would end the process.
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    try {
      this.#handler(request, socket, head);
    } catch (error) {
      socket.destroy();
      this.#errors.write(describeError(error));
    }
  };

  /** Ends all WebSockets. Clients then connect again, to the new code. */
  close(): void {
    this.#isClosed = true;
    for (const socket of this.#sockets) socket.destroySoon();
  }
}
