import type { BodyReader } from '../../web/response/body-reader.ts';
import { checkResponse, responseProblem } from '../../web/response/check-response.ts';
import { LightResponse } from '../../web/response/light-response.ts';
import {
  headersOf,
  type OpenedResponse,
  openAtOnce,
  openBody,
  readerOf,
  wholeBody,
} from '../../web/response/opened-response.ts';
import { statusLine } from '../../web/response/status-line.ts';
import { clientOf } from '../../wsgi/environ/client-presence.ts';
import { ClientDisconnected, describeError, isAbort } from '../../wsgi/errors.ts';
import { encodeText } from '../../wsgi/text-body.ts';
import type { Environ, StartResponse, WSGIResponse } from '../../wsgi/types.ts';
import type { FetchTarget } from './target.ts';

type Step = IteratorResult<Uint8Array, void>;

const HANDLER = 'The fetch handler';
const END: Step = { done: true, value: undefined };

/** The parts of a request that a fetch handler needs. */
interface FetchCall {
  readonly environ: Environ;
  readonly startResponse: StartResponse;
  readonly target: FetchTarget;
}

/** Converts the result of a fetch handler to the result of a WSGI application. */
export function answerWith(answering: Response | Promise<Response>, call: FetchCall): WSGIResponse {
  if (LightResponse.isOne(answering)) {
    const opened = openAtOnce(checkResponse(answering, HANDLER));
    if (opened !== undefined) {
      start(opened, call);
      return wholeBody(opened.first);
    }
  }
  return new AwaitedResponse(Promise.resolve(answering), call);
}

function start(opened: OpenedResponse, { environ, startResponse }: FetchCall): void {
  startResponse(statusLine(opened.status, opened.statusText), headersOf(opened, environ.REQUEST_METHOD));
}

/**
 * The response of a fetch handler to one request, as an iterable for the WSGI server. It is returned before the handler
 * has answered, and the response begins with the request for the first block. If a promise were returned instead, the
 * server could not report a disconnect of the client.
 */
class AwaitedResponse implements AsyncIterableIterator<Uint8Array, void> {
  readonly #responding: Promise<Response>;
  readonly #call: FetchCall;
  #reader: BodyReader | undefined;
  #isBegun = false;
  #isClosed = false;
  #isAtEnd = false;

  constructor(responding: Promise<Response>, call: FetchCall) {
    this.#responding = responding;
    this.#call = call;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<Step> {
    if (this.#isAtEnd || this.#isClosed) return END;
    const block = this.#isBegun ? await this.#reader?.read() : await this.#begin();
    if (block !== undefined) return { done: false, value: block };
    this.#isAtEnd = true;
    return END;
  }

  /** Called when the server needs no more blocks, since the client has disconnected or the response has no body. */
  async return(): Promise<Step> {
    await this.close();
    return END;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#isAtEnd) return;
    if (this.#isBegun) {
      if (this.#call.environ.REQUEST_METHOD !== 'HEAD') this.#abort();
      await this.#reader?.cancel((error) => this.#failedLate(error));
    } else {
      this.#abort();
      this.#responding.then(discard).catch((error) => this.#failedLate(error));
    }
  }

  #abort(): void {
    this.#call.target.abort(clientOf(this.#call.environ)?.departure ?? new ClientDisconnected());
  }

  /** @returns the first block. */
  async #begin(): Promise<Uint8Array | undefined> {
    const response = await this.#response();
    if (this.#isClosed) return undefined;
    this.#isBegun = true;
    const opened = openAtOnce(response) ?? (await this.#openBody(response));
    start(opened, this.#call);
    return typeof opened.first === 'string' ? encodeText(opened.first) : opened.first;
  }

  async #response(): Promise<Response> {
    try {
      return checkResponse(await this.#responding, HANDLER);
    } catch (error) {
      this.#isAtEnd = true; // If this step fails, there is no response to cancel.
      throw error;
    }
  }

  #openBody(response: Response): Promise<OpenedResponse> {
    this.#reader = readerOf(response); // Assigned before the body is read, so that it can be cancelled.
    return openBody(response, this.#reader);
  }

  /** Reports an error after the disconnect of the client, unless the disconnect has caused it. */
  #failedLate(error: unknown): void {
    if (isAbort(error)) return;
    this.#call.environ['wsgi.errors'].write(describeError(error));
  }
}

/** Cancels a response that is not sent, even if it is invalid. */
function discard(response: Response): void {
  if (responseProblem(response) === undefined) readerOf(response)?.cancel(() => {});
}
