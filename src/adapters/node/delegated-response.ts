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

/** Matches a URL that `setUrl()` would not change. */
const PLAIN_URL = /^\/(?!\/)[\w\-.~!$&'()*+,;=:@/]*(?:\?|$)/;

/**
 * The server's transport, if a handler can use the server's own request and response. Then no others are made for it
 * (`bench/adapters.js`). This needs our HTTP server, no middleware that has changed the request or observes the head,
 * and a request without a body, since the limits of bodies are enforced by the input.
 */
export function directTransport({ environ, startResponse }: NodeCall): HttpTransport | undefined {
  const transport = transportOf(startResponse);
  if (!(transport instanceof HttpTransport) || !transport.canDelegate) return undefined;
  return isSameRequest(environ, transport.request, transport.connection) ? transport : undefined;
}

/**
 * A request that a handler answers with the server's own request and response, unless a middleware reads the blocks.
 */
export class DelegatedResponse implements AsyncIterable<Uint8Array>, Delegated {
  readonly #transport: HttpTransport;
  readonly #call: NodeCall;
  /** The handler is called later than the application. It must run in the application's async context. */
  readonly #context = new AsyncResource('startproject.node-handler');
  #bridged: WSGIResponse | undefined;

  constructor(transport: HttpTransport, call: NodeCall) {
    this.#transport = transport;
    this.#call = call;
  }

  /** Makes no promise if a handler answers synchronously. */
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
      // A handler may continue after the end of its response.
      onceEnded(this.#transport.response, wait);
      returned.then(wait, (error) => {
        if (this.#transport.response.writableEnded) {
          this.#failedLate(error);
          wait();
        } else {
          reject(error); // Before giving up, since that also reports a disconnect.
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

  /** Used if a middleware reads the blocks. The request and the response are then made as for any server. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    this.#bridged = await this.#context.runInAsyncScope(() => bridge(this.#call));
    yield* this.#bridged;
  }

  close(): void | Promise<void> {
    return this.#bridged?.close?.();
  }

  /** Reports an error after the response is complete. It does not change the response. */
  #failedLate(error: unknown): void {
    this.#call.environ['wsgi.errors'].write(describeError(error));
  }

  /** Leaves the response to the server's error page, or cuts it if it has begun. */
  #giveUp(): void {
    const { response } = this.#transport;
    if (response.headersSent) {
      this.#transport.abort();
    } else {
      this.#transport.takeBack();
    }
  }
}
