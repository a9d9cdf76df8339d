import { Socket } from 'node:net';
import { stopParsing } from '../../../node-internals/stop-parsing.ts';
import { CLIENT_TIMEOUT_MS, destroyAfter, FLUSH_TIMEOUT_MS } from '../../closing/destroy-socket.ts';
import type { OpenRequest } from '../open-request.ts';

/** How long a closing connection stays open to receive the rest of an unread body. */
const BODY_TIMEOUT_MS = 5_000;
/**
 * How long a client may take to close an idle connection. A request that was already sent arrives in this time. Clients
 * with a connection pool leave a connection half-closed until they next need one (for example Apache's mod_proxy_http).
 */
const IDLE_CLIENT_TIMEOUT_MS = 500;

/**
 * Closes a connection so that the client can read everything that was sent. It sends FIN and reads further bytes until
 * the client closes its side too. The system resets a connection that is closed with unread bytes, and the reset
 * discards data that the client has not read yet.
 */
export class HttpClosing {
  readonly #socket: Socket;
  #isInputIgnored = false;
  #stopWaiting: (() => void) | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Discards bytes that still arrive, of which the client may send any number. */
  ignoreInput(isResponding: boolean): void {
    if (this.#isInputIgnored) return;
    this.#isInputIgnored = true;
    this.#stopWaiting?.();
    if (stopParsing(this.#socket)) this.#socket.resume();
    else if (isResponding) this.#socket.pause();
  }

  /**
   * Closes after the last response.
   *
   * @param unfinished The request whose body is incomplete.
   * @param hasClientDone Whether the client has announced that it sends no further request.
   */
  closeAfter(unfinished: OpenRequest | undefined, hasClientDone: boolean): void {
    if (unfinished !== undefined) this.#closeBehind(unfinished);
    else if (hasClientDone) this.#closeFlushed();
    else this.close();
  }

  /**
   * Closes when this request is completely received, since some clients read no response before they have sent
   * everything.
   */
  #closeBehind({ request, isBodyOutstanding }: OpenRequest): void {
    if (this.#stopWaiting !== undefined) return;
    if (isBodyOutstanding || this.#isInputIgnored) {
      this.close();
      return;
    }
    const stop = () => this.ignoreInput(false);
    const timer = setTimeout(stop, BODY_TIMEOUT_MS);
    this.#stopWaiting = () => {
      clearTimeout(timer);
      this.close();
    };
    request.once('close', stop);
    request.resume();
  }

  /**
   * Closes when everything is sent. The client has announced that nothing follows (RFC 9112, section 9.6), so no bytes
   * are left unread.
   */
  #closeFlushed(): void {
    const socket = this.#socket;
    if (socket.writableEnded || socket.destroyed) return;
    if (socket.writableLength > 0) socket.setTimeout(FLUSH_TIMEOUT_MS);
    Socket.prototype.destroySoon.call(socket);
  }

  close(lastBytes = ''): void {
    const socket = this.#socket;
    this.#end(lastBytes, () => destroyAfter(socket, CLIENT_TIMEOUT_MS));
  }

  /** Closes a connection if nothing has arrived since its last response. */
  closeIdle(): void {
    const socket = this.#socket;
    const { bytesRead } = socket;
    this.#end('', () =>
      destroyAfter(socket, IDLE_CLIENT_TIMEOUT_MS, () => {
        // Bytes that arrive later are unread when the socket is destroyed, and cause a reset.
        if (socket.bytesRead === bytesRead) socket.destroy();
        else destroyAfter(socket, CLIENT_TIMEOUT_MS);
      }),
    );
  }

  #end(lastBytes: string, onFlushed: () => void): void {
    const socket = this.#socket;
    if (socket.writableEnded || socket.destroyed) return;
    socket.setTimeout(FLUSH_TIMEOUT_MS);
    socket.end(lastBytes, onFlushed);
    this.ignoreInput(false);
    socket.resume();
  }
}
