import { ConnectionDropped, describeError, isAbort, isPromiseLike } from '../errors.ts';
import type { Environ, StartResponse, WSGIApplication, WSGIResponse } from '../types.ts';
import { DELEGATE, isDelegated, tie } from './delegated.ts';
import { checkBlock, ResponseBody } from './response-body.ts';
import { ResponseSender } from './response-sender.ts';
import type { Transport } from './transport.ts';

/**
 * The options of every server for the errors of applications.
 *
 * @example
 * import type { ServeOptions } from 'startproject/server';
 *
 * export const options: ServeOptions = {
 *   onError: (error, environ) => console.error(environ.PATH_INFO, error),
 *   errorApplication: () => (_environ, startResponse) => {
 *     startResponse('500 Internal Server Error', [['Content-Type', 'text/plain']]);
 *     return [Buffer.from('Sorry.')];
 *   },
 * };
 */
export interface RunOptions {
  /**
   * Called with each error of the application and of its response. It must not throw.
   * @default writes the stack to `wsgi.errors`
   */
  readonly onError?: ((error: unknown, environ: Environ) => void) | undefined;
  /**
   * Makes the application that answers if the first one failed before its headers were sent.
   * @default a plain text that says only that there was an error
   */
  readonly errorApplication?: ((error: unknown) => WSGIApplication) | undefined;
}

/**
 * Runs an application for one request and sends its response by a transport. It follows the rules of PEP 3333 for
 * servers, for all servers of this package.
 *
 * @param onOver called last, when the iterable is closed. It must not throw.
 */
export function drive(
  application: WSGIApplication,
  environ: Environ,
  transport: Transport,
  options: RunOptions,
  onOver: () => void,
): void {
  new ApplicationRun(application, environ, transport, options).run(onOver);
}

/** As `drive()`. Returns a promise, which is never rejected, or undefined when the response was sent synchronously. */
export function run(
  application: WSGIApplication,
  environ: Environ,
  transport: Transport,
  options: RunOptions = {},
): void | Promise<void> {
  let isOver = false;
  let onOver = () => {
    isOver = true;
  };
  drive(application, environ, transport, options, () => onOver());
  if (isOver) return;
  return new Promise((resolve) => {
    onOver = resolve;
  });
}

const serverError: WSGIApplication = function serverError(_environ, startResponse) {
  startResponse('500 Internal Server Error', [['Content-Type', 'text/plain; charset=utf-8']]);
  return [new TextEncoder().encode('The application failed before it could answer.\n')];
};

/** One call of an application, and its response. */
class ApplicationRun {
  readonly #application: WSGIApplication;
  readonly #environ: Environ;
  readonly #transport: Transport;
  readonly #options: RunOptions;
  readonly #sender: ResponseSender;

  constructor(application: WSGIApplication, environ: Environ, transport: Transport, options: RunOptions) {
    this.#application = application;
    this.#environ = environ;
    this.#transport = transport;
    this.#options = options;
    this.#sender = new ResponseSender(transport, environ.REQUEST_METHOD);
  }

  run(onOver: () => void): void {
    const application = this.#application;
    let response: WSGIResponse | PromiseLike<WSGIResponse>;
    try {
      const startResponse: StartResponse = (status, headers, excInfo) =>
        this.#sender.startResponse(status, headers, excInfo);
      tie(startResponse, this.#transport);
      response = application(this.#environ, startResponse);
    } catch (error) {
      after(this.#fail(error), onOver);
      return;
    }
    if (!isPromiseLike(response)) {
      after(this.#respond(response), onOver);
      return;
    }
    // An async function would make two more promises.
    Promise.resolve(response).then(
      (response) => after(this.#respond(response), onOver),
      (error) => after(this.#fail(error), onOver),
    );
  }

  /** Sends the iterable of the application, and closes it in every case. */
  #respond(response: WSGIResponse): void | Promise<void> {
    try {
      // A body of one block, the common case, needs no promise.
      const whole = this.#sender.wholeOf(response);
      const sending = whole === undefined ? this.#sendOther(response) : this.#sender.sendWhole(whole);
      if (sending === undefined) return this.#close(response);
      return this.#closeAfter(sending, response);
    } catch (error) {
      return this.#closeAfter(Promise.reject(error), response);
    }
  }

  async #closeAfter(sending: Promise<void>, response: WSGIResponse): Promise<void> {
    try {
      await sending;
    } catch (error) {
      await this.#fail(error);
    }
    const closing = this.#close(response);
    if (closing !== undefined) await closing; // `await undefined` takes a turn of the microtask queue.
  }

  #close(response: WSGIResponse | null | undefined): void | Promise<void> {
    return this.#reported(() => response?.close?.());
  }

  #sendOther(response: WSGIResponse): void | Promise<void> {
    return isDelegated(response) ? response[DELEGATE]() : this.#sendBlocks(response);
  }

  async #sendBlocks(response: WSGIResponse): Promise<void> {
    const body = new ResponseBody(response, this.#transport);
    try {
      await this.#sendBody(body);
    } finally {
      const released = this.#reported(() => body.release());
      // A generator with a pending block finishes its `return()` only after its current `await`, so this is not
      // awaited.
      if (released !== undefined && !body.isPending) await released;
    }
  }

  async #sendBody(body: ResponseBody): Promise<void> {
    const sender = this.#sender;
    if (this.#transport.isDisconnected) throw this.#transport.departure;
    let isExhausted = false;
    while (!isExhausted && sender.wantsBlocks) {
      const next = body.next();
      const step = isPromiseLike(next) ? await next : next;
      if (step.done) {
        isExhausted = true;
      } else {
        const sent = sender.send(checkBlock(step.value), body.length);
        if (sent !== undefined) await sent;
      }
    }
    // A body that ends before its headers are sent is empty.
    const finishing = sender.finish(isExhausted ? 0 : body.length);
    if (finishing !== undefined) await finishing;
  }

  async #fail(error: unknown): Promise<void> {
    const sender = this.#sender;
    const { isDisconnected } = this.#transport;
    if (error instanceof ConnectionDropped) return this.#drop(error);
    if (!(isDisconnected && isAbort(error))) this.#report(error);
    if (isDisconnected || sender.phase === 'over') return sender.abandon();
    if (sender.phase === 'sending' || this.#application === serverError) return this.#breakOff(error);
    sender.abandon();
    const { onError } = this.#options;
    const application = this.#errorApplication(error);
    const run = new ApplicationRun(application, this.#environ, this.#transport, { onError });
    await new Promise<void>((resolve) => run.run(resolve));
  }

  #drop(error: ConnectionDropped): void {
    const isOver = this.#transport.isDisconnected || this.#sender.phase === 'over';
    this.#sender.abandon();
    if (!isOver) this.#transport.abort(error);
  }

  async #breakOff(error: unknown): Promise<void> {
    try {
      await this.#sender.breakOff(error);
    } catch {
      // The client has disconnected, so nothing can be sent.
    }
  }

  #errorApplication(error: unknown): WSGIApplication {
    try {
      return this.#options.errorApplication?.(error) ?? serverError;
    } catch (secondError) {
      this.#report(secondError);
      return serverError;
    }
  }

  /** Runs a function whose error must not fail the response, but is reported. */
  #reported(act: () => unknown): void | Promise<void> {
    try {
      const acting = act();
      if (isPromiseLike(acting)) return this.#reportedLater(acting);
    } catch (error) {
      this.#report(error);
    }
  }

  async #reportedLater(acting: PromiseLike<unknown>): Promise<void> {
    try {
      await acting;
    } catch (error) {
      this.#report(error);
    }
  }

  #report(error: unknown): void {
    const { onError } = this.#options;
    if (onError) onError(error, this.#environ);
    else this.#environ['wsgi.errors'].write(describeError(error));
  }
}

function after(work: void | Promise<void>, act: () => void): void {
  if (work === undefined) act();
  else work.then(act);
}
