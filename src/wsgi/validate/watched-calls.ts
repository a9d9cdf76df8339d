import { isPromiseLike } from '../errors.ts';
import type { Environ, WSGIResponse } from '../types.ts';
import { setWatch, type Watch } from '../watchable.ts';
import { describeSuspects, suspectsOf } from './blame-close.ts';
import { checkEnviron } from './check-environ.ts';
import { captureStack } from './place.ts';
import type { Reporter } from './reporter.ts';
import { CHAIN_DEPTH, traceResponse, type WatchedCall } from './watched-call.ts';

/** A middleware with a Node stream closes the inner response a moment after its own. */
const GRACE_MS = 50;

/** The calls of one request to the applications inside of a validator. Their responses have to be closed. */
export class WatchedCalls {
  readonly #reporter: Reporter;
  readonly #returned: WatchedCall[] = [];
  /** The running calls, the innermost last. A new call is made within the innermost one. */
  readonly #underWay: WatchedCall[];
  readonly #outermost: WatchedCall = newCall(undefined);

  constructor(reporter: Reporter) {
    this.#reporter = reporter;
    this.#underWay = [this.#outermost];
  }

  watch(environ: Environ): void {
    setWatch(environ, this.#watch);
  }

  /** Called when the outermost application has returned; without a response when it has failed. */
  returned(response?: WSGIResponse): void {
    this.#leave(this.#outermost);
    this.#outermost.hasClose = response !== undefined && 'close' in response;
  }

  /** Reports the responses that were not closed, once the outermost one is closed or does not exist. */
  end(environ: Environ): void | Promise<void> {
    setWatch(environ, undefined);
    if (this.#unclosed().length > 0) return this.#checkLater();
  }

  readonly #watch: Watch = (application, environ, startResponse) => {
    const call = newCall(this.#underWay.at(-1) ?? this.#outermost, this.#watch);
    checkEnviron(environ, this.#reporter, call.calledAt);
    this.#underWay.push(call);
    return this.#callApplication(call, () => application(environ, startResponse));
  };

  #callApplication(
    call: WatchedCall,
    application: () => WSGIResponse | Promise<WSGIResponse>,
  ): WSGIResponse | Promise<WSGIResponse> {
    let response: WSGIResponse | Promise<WSGIResponse> | undefined;
    try {
      response = application();
    } finally {
      if (!isPromiseLike(response)) this.#leave(call);
    }
    if (isPromiseLike(response)) return this.#awaitApplication(call, response);
    return this.#traced(call, response);
  }

  async #awaitApplication(call: WatchedCall, pending: PromiseLike<WSGIResponse>): Promise<WSGIResponse> {
    try {
      return this.#traced(call, await pending);
    } finally {
      this.#leave(call);
    }
  }

  #traced(call: WatchedCall, response: WSGIResponse): WSGIResponse {
    call.hasClose = typeof response?.close === 'function';
    if (!call.hasClose) return response;
    this.#returned.push(call);
    return traceResponse(response, call);
  }

  #leave(call: WatchedCall): void {
    call.hasReturned = true;
    const index = this.#underWay.indexOf(call);
    if (index >= 0) this.#underWay.splice(index, 1);
  }

  async #checkLater(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, GRACE_MS));
    for (const call of this.#unclosed()) {
      const suspects = suspectsOf(call);
      this.#reporter.foundAt('close-swallowed', describeSuspects(suspects), suspects[0]);
    }
  }

  /** The outermost of the responses that were not closed: those inside of them cannot be closed either. */
  #unclosed(): readonly WatchedCall[] {
    const isOpen = (call: WatchedCall | undefined) =>
      call !== undefined && call !== this.#outermost && call.hasClose && !call.isClosed;
    return this.#returned.filter((call) => isOpen(call) && !isOpen(call.parent));
  }
}

function newCall(parent: WatchedCall | undefined, caller?: Watch): WatchedCall {
  const calledAt = caller && captureStack(caller, CHAIN_DEPTH);
  return { parent, calledAt, hasReturned: false, hasClose: false, isClosed: false };
}
