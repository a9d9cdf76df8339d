import { AsyncResource } from 'node:async_hooks';
import { HttpTransport } from '../../servers/http/transport.ts';
import { DELEGATE, type Delegated, transportOf } from '../../wsgi/driver/delegated.ts';
import { describeError, isPromiseLike } from '../../wsgi/errors.ts';
import type { WSGIResponse } from '../../wsgi/types.ts';
import { bridge } from './bridge.ts';
import { endWithRequest, onceEnded } from './end-with-request.ts';
import type { NodeCall } from './handler.ts';
import { setUrl } from './request.ts';
import { isSameRequest } from './same-request.ts';

/** What `setUrl()` would make of it again. */
const PLAIN_URL = /^\/(?!\/)[\w\-.~!$&'()*+,;=:@/]*(?:\?|$)/;

/**
 * The server's way to the client, where a handler may answer by the server's own request and response: our HTTP server
 * has these, no middleware has changed what the request says or wants to see the head, and there is no body, whose
 * limits are looked after elsewhere. No request and response are made for the handler then (`bench/adapters.js`).
 */
export function directTransport({ environ, startResponse }: NodeCall): HttpTransport | undefined {
  const transport = transportOf(startResponse);
  if (!(transport instanceof HttpTransport) || !transport.canDelegate) return undefined;
  return isSameRequest(environ, transport.request, transport.connection) ? transport : undefined;
}

/** A request that a handler answers by the server's own request and response, unless a middleware reads its blocks. */
export class DelegatedResponse implements AsyncIterable<Uint8Array>, Delegated {
  readonly #transport: HttpTransport;
  readonly #call: NodeCall;
  /** The handler is called later than the application was, and in its asynchronous context. */
  readonly #context = new AsyncResource('startproject.node-handler');
  #bridged: WSGIResponse | undefined;

  constructor(transport: HttpTransport, call: NodeCall) {
    this.#transport = transport;
    this.#call = call;
  }

  /** Takes no promise where a handler answers at once. */
  [DELEGATE](): void | Promise<void> {
    const { environ, handler, isWholePath } = this.#call;
    const { request, response } = this.#transport;
    if (this.#transport.isDisconnected) throw this.#transport.departure;
    if (environ.SCRIPT_NAME || !PLAIN_URL.test(request.url!)) setUrl(request, environ, isWholePath);
    this.#transport.delegate();
    endWithRequest(response);
    let returned: unknown;
    try {
      returned = this.#context.runInAsyncScope(handler, undefined, request, response);
    } catch (error) {
      if (!response.writableEnded) {
        this.#giveUp();
        throw error;
      }
      this.#failedLate(error);
    }
    if (isPromiseLike(returned) || !this.#isSent) return this.#untilSent(returned);
  }

  get #isSent(): boolean {
    const { response } = this.#transport;
    return response.writableEnded && response.writableLength === 0;
  }

  #untilSent(returned: unknown): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#transport.onDisconnect(() => reject(this.#transport.departure));
      const wait = () => (this.#isSent ? resolve() : this.#onClose(resolve, reject));
      if (!isPromiseLike(returned)) return wait();
      // A handler may have more to do when its response is made.
      onceEnded(this.#transport.response, wait);
      returned.then(wait, (error) => {
        if (this.#transport.response.writableEnded) {
          this.#failedLate(error);
          wait();
        } else {
          reject(error); // first, since to give up is to disconnect
          this.#giveUp();
        }
      });
    });
  }

  #onClose(resolve: () => void, reject: (error: Error) => void): void {
    const { response } = this.#transport;
    response.once('close', () => {
      if (response.writableFinished) resolve();
      else reject(this.#transport.departure);
    });
  }

  /** For a middleware in between that reads the blocks: they are made as for any server. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    this.#bridged = await this.#context.runInAsyncScope(() => bridge(this.#call));
    yield* this.#bridged;
  }

  close(): void | Promise<void> {
    return this.#bridged?.close?.();
  }

  /** Its response is made: the error changes nothing of it. */
  #failedLate(error: unknown): void {
    this.#call.environ['wsgi.errors'].write(describeError(error));
  }

  /** Leaves the response to the server's page for errors, or breaks it off. */
  #giveUp(): void {
    const { response } = this.#transport;
    if (response.headersSent) {
      this.#transport.abort();
    } else {
      this.#transport.takeBack();
    }
  }
}
