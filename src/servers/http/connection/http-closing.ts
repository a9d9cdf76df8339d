import { Socket } from 'node:net';
import { stopParsing } from '../../../node-internals/stop-parsing.ts';
import { CLIENT_TIMEOUT_MS, destroyAfter, FLUSH_TIMEOUT_MS } from '../../closing/destroy-socket.ts';
import type { OpenRequest } from '../open-request.ts';

/** How long a connection that is to be closed stays open for the rest of a body that was not read. */
const BODY_TIMEOUT_MS = 5_000;
/**
 * How long a client may take to close an idle connection. A request that was under way has come by then. Clients with a
 * pool leave a connection half-closed until they next need one (Apache's mod_proxy_http does).
 */
const IDLE_CLIENT_TIMEOUT_MS = 500;

/**
 * Closes a connection so that the client can read all that was sent: with FIN, after which what still comes is read
 * until the client closes as well. The system resets a connection that is closed with bytes unread, and the reset
 * takes with it what the client has not read yet.
 */
export class HttpClosing {
  readonly #socket: Socket;
  #isInputIgnored = false;
  #stopWaiting: (() => void) | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Discards what still comes, which may be as long as the client likes. */
  ignoreInput(isResponding: boolean): void {
    if (this.#isInputIgnored) return;
    this.#isInputIgnored = true;
    this.#stopWaiting?.();
    if (stopParsing(this.#socket)) this.#socket.resume();
    else if (isResponding) this.#socket.pause();
  }

  /**
   * Closes behind the last response.
   *
   * @param unfinished The request whose body is still to come.
   * @param hasClientDone Whether the client has said that it sends no other request.
   */
  closeAfter(unfinished: OpenRequest | undefined, hasClientDone: boolean): void {
    if (unfinished !== undefined) this.#closeBehind(unfinished);
    else if (hasClientDone) this.#closeFlushed();
    else this.close();
  }

  /** Closes when this request has come as a whole: some clients read no response before they have sent all. */
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

  /** Closes when all is sent: the client has said that nothing follows (RFC 9112, section 9.6), so nothing is left unread. */
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

  /** Closes a connection on which nothing has come since its last response. */
  closeIdle(): void {
    const socket = this.#socket;
    const { bytesRead } = socket;
    this.#end('', () =>
      destroyAfter(socket, IDLE_CLIENT_TIMEOUT_MS, () => {
        // What would still come is unread when the socket is destroyed, and resets the connection.
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
