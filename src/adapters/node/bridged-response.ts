import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  closeHeld,
  createHeldResponse,
  flush,
  hasHeldOutput,
  headersOf,
  type ResponseObserver,
} from '../../node-internals/held-response.ts';
import { requestBlocks } from '../../web/request/request-body.ts';
import { withoutConnectionHeaders } from '../../wsgi/connection-headers.ts';
import { describeError, isPromiseLike } from '../../wsgi/errors.ts';
import type { WSGIResponse } from '../../wsgi/types.ts';
import { type Bridge, BridgeSocket } from './bridge-socket.ts';
import type { NodeCall } from './handler.ts';
import { createNodeRequest } from './request.ts';

type Step = IteratorResult<Uint8Array, void>;

// A handler that does not wait for I/O ends within a few turns of the microtask queue. If the response is complete by
// then, it is sent in one piece, since iterating over it is slower (`bench/adapters.js`).
const TURNS_TO_END = 20;

const END: Step = { done: true, value: undefined };

/**
 * One request that a Node handler answers for a WSGI server. If the response is complete at once, the application
 * returns an array. Otherwise it returns this object, which begins the response with the request for the first block.
 * If a promise were returned instead, the server could not report a disconnect of the client.
 */
export class BridgedResponse implements AsyncIterableIterator<Uint8Array, void>, Bridge, ResponseObserver {
  readonly #call: NodeCall;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #socket: BridgeSocket;
  /** The request's body; `null` before it is read. */
  #blocks: AsyncIterator<Uint8Array, void> | undefined | null = null;
  #isPulling = false;
  #isStarted = false;
  #isClosed = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(call: NodeCall) {
    this.#call = call;
    this.#socket = new BridgeSocket(call.environ, this);
    this.#request = createNodeRequest(call, this.#socket);
    this.#response = createHeldResponse(this.#request, this.#socket, this);
  }

  run(): WSGIResponse | Promise<WSGIResponse> {
    this.#callHandler();
    return this.#isWhole() ? this.#whole() : this.#soon();
  }

  /**
   * Waits a few turns, since many handlers do not wait for I/O. For this short time, a disconnect need not be observed.
   */
  async #soon(): Promise<WSGIResponse> {
    for (let turn = 0; turn < TURNS_TO_END && this.#failure === undefined && !this.#response.finished; turn++)
      await null;
    if (this.#isWhole()) return this.#whole();
    // If the end brings no output, Node reports it by this event only.
    this.#response.once('finish', () => this.hasOutput());
    return this;
  }

  #isWhole(): boolean {
    return this.#failure === undefined && this.#response.finished;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<Step> {
    const socket = this.#socket;
    socket.sent();
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure.error;
      if (this.#isClosed) return END;
      if (hasHeldOutput(this.#response) && headersOf(this.#response) !== undefined) {
        flush(this.#response);
        const block = socket.take();
        if (block !== undefined) {
          this.#start();
          return { done: false, value: block };
        }
        socket.sent();
      } else if (this.#response.finished) {
        this.#start();
        return END;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  /** Called when the server needs no more blocks, since the client has disconnected or the response has no body. */
  async return(): Promise<Step> {
    this.close();
    return END;
  }

  /** Notifies the handler of the end of the response, as Node does: completely sent, or cut. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const response = this.#response;
    const isComplete = this.#failure === undefined && response.finished;
    if (isComplete) this.#socket.sent();
    else this.#socket.disconnected();
    this.#socket.over();
    closeHeld(response);
    if (isComplete) this.#endRequest();
    else this.#request.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }));
    this.hasOutput();
  }

  hasOutput(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  broken(error: Error): boolean {
    if (this.#response.finished) return false;
    this.#failure ??= { error };
    this.hasOutput();
    return true;
  }

  /** As in Node's server: without a listener, the connection ends. */
  timedOut(): void {
    const request = this.#request;
    const isHeardByRequest = !request.complete && request.emit('timeout', this.#socket);
    const isHeardByResponse = this.#response.emit('timeout', this.#socket);
    if (!isHeardByRequest && !isHeardByResponse) this.#socket.destroy();
  }

  pull(): void {
    if (this.#isPulling) return;
    this.#isPulling = true;
    if (this.#blocks === null) this.#blocks = requestBlocks(this.#call.environ);
    if (this.#blocks === undefined) this.#received(END);
    else
      this.#blocks.next().then(
        (step) => this.#received(step),
        (error) => this.#request.destroy(error),
      );
  }

  /** Ends the request for its listeners. A body that the handler has not read stays unread. */
  #endRequest(): void {
    const request = this.#request;
    if (request.readableDidRead) return;
    this.#blocks = undefined;
    if (request.listenerCount('close') > 0 || request.listenerCount('end') > 0) request.resume();
  }

  #received(step: Step): void {
    this.#isPulling = false;
    this.#socket.active();
    const request = this.#request;
    if (request.destroyed) return;
    if (step.done) {
      request.complete = true;
      request.push(null);
    } else {
      const { buffer, byteOffset, byteLength } = step.value;
      request.push(Buffer.from(buffer, byteOffset, byteLength));
    }
  }

  #callHandler(): void {
    try {
      const returned = this.#call.handler(this.#request, this.#response);
      if (isPromiseLike(returned)) returned.then(undefined, (error) => this.#failed(error));
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Reports an error. After the response, it can only be logged. */
  #failed(error: unknown): void {
    if (this.#response.finished || this.#isClosed)
      this.#call.environ['wsgi.errors'].write(describeError(error));
    else this.broken(error as Error);
  }

  #whole(): WSGIResponse {
    try {
      flush(this.#response);
      const block = this.#socket.take();
      this.#start();
      return Object.assign(block === undefined ? [] : [block], { close: () => this.close() });
    } catch (error) {
      this.close();
      throw error;
    }
  }

  #start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    const { statusCode, statusMessage } = this.#response;
    this.#call.startResponse(
      `${statusCode} ${statusMessage}`,
      withoutConnectionHeaders(headersOf(this.#response)!),
    );
  }
}
