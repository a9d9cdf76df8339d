import { checkIterable } from '../driver/response-body.ts';
import { describe, isPromiseLike, WSGIError } from '../errors.ts';
import { logEntry } from '../printable.ts';
import type {
  Environ,
  ExcInfo,
  Header,
  StartResponse,
  Write,
  WSGIApplication,
  WSGIResponse,
} from '../types.ts';
import { isWatchable } from '../watchable.ts';
import { checkEnviron } from './check-environ.ts';
import { CheckedErrors } from './checked-errors.ts';
import { CheckedInput } from './checked-input.ts';
import { checkedResponse, type ResponseListener } from './checked-response.ts';
import { type CapturedStack, captureStack } from './place.ts';
import type { Reporter } from './reporter.ts';
import { ResponseChecks } from './response-checks.ts';
import type { WatchedCalls } from './watched-calls.ts';

const NOWHERE: CapturedStack = { stack: '' };

interface ValidatedCallParts {
  readonly environ: Environ;
  readonly reporter: Reporter;
  /** Is notified of garbage-collected responses; undefined if another validator checks that they are closed. */
  readonly forgotten: FinalizationRegistry<ValidatedCall> | undefined;
  /** Watches the inner applications; undefined if there is no middleware in between. */
  readonly calls: WatchedCalls | undefined;
}

/** One call of an application, with checks of everything that passes between it and its server. */
export class ValidatedCall implements ResponseListener {
  readonly #environ: Environ;
  readonly #reporter: Reporter;
  readonly #checks: ResponseChecks;
  readonly #forgotten: FinalizationRegistry<ValidatedCall> | undefined;
  readonly #calls: WatchedCalls | undefined;
  #isIterated = false;
  #isOver = false;

  constructor({ environ, reporter, forgotten, calls }: ValidatedCallParts) {
    this.#environ = environ;
    this.#reporter = reporter;
    this.#checks = new ResponseChecks(reporter, environ?.REQUEST_METHOD);
    this.#forgotten = forgotten;
    this.#calls = calls;
  }

  callApplication(
    application: WSGIApplication,
    startResponse: StartResponse,
  ): WSGIResponse | Promise<WSGIResponse> {
    const environ = this.#environ;
    checkEnviron(environ, this.#reporter);
    const input = environ['wsgi.input'];
    if (input && !(input instanceof CheckedInput)) {
      environ['wsgi.input'] = new CheckedInput(input, this.#reporter, () => this.#isOver);
    }
    const errors = environ['wsgi.errors'];
    if (errors && !(errors instanceof CheckedErrors)) {
      environ['wsgi.errors'] = new CheckedErrors(errors, this.#reporter);
    }
    this.#calls?.watch(environ);
    // A watchable application is called by this package, so the call has no place in the site's source.
    const isOwn = isWatchable(application);
    const start = (...args: unknown[]) =>
      this.#start(startResponse, args, isOwn ? NOWHERE : captureStack(start));
    let response: WSGIResponse | Promise<WSGIResponse>;
    try {
      response = application(environ, start);
    } catch (error) {
      void this.#failed();
      throw error;
    }
    return isPromiseLike(response) ? this.#awaitApplication(response) : this.#returned(response);
  }

  yielded(block: unknown): void {
    this.#isIterated = true;
    this.#checks.yielded(block);
  }

  end(): void {
    this.#checks.end();
  }

  closed(): void | Promise<void> {
    this.#isOver = true;
    return this.#calls?.end(this.#environ);
  }

  /** Called when the response was garbage-collected. */
  collected(): void {
    if (this.#isOver) return;
    try {
      this.#checks.wrong(
        'close-missing',
        'close() was never called on this response. Call it at the end of the response.',
      );
    } catch (error) {
      this.#log(error);
    }
  }

  async #awaitApplication(pending: PromiseLike<WSGIResponse>): Promise<WSGIResponse> {
    let response: WSGIResponse;
    try {
      response = await pending;
    } catch (error) {
      await this.#failed();
      throw error;
    }
    return this.#returned(response);
  }

  #returned(response: WSGIResponse): WSGIResponse {
    try {
      checkIterable(response);
      this.#calls?.returned(response);
    } catch (error) {
      this.#calls?.returned();
      this.#checks.wrong('response-iterable', (error as WSGIError).what);
      return response; // The server refuses it.
    }
    const checked = checkedResponse(response, this, this.#reporter);
    this.#forgotten?.register(checked, this);
    return checked;
  }

  /** An open response is reported and not thrown, since the application's own error is being thrown. */
  async #failed(): Promise<void> {
    this.#isOver = true;
    this.#calls?.returned();
    try {
      await this.#calls?.end(this.#environ);
    } catch (error) {
      this.#log(error);
    }
  }

  /** Logs a violation that cannot be thrown, since there is no caller. */
  #log(error: unknown): void {
    this.#environ['wsgi.errors'].write(`${logEntry((error as Error).message)}\n`);
  }

  #start(startResponse: StartResponse, args: readonly unknown[], stack: CapturedStack): Write {
    const [status, headers, excInfo] = args as [string, readonly Header[], ExcInfo?];
    const found = this.#reporter;
    if (args.length < 2 || args.length > 3) {
      const what = `startResponse() takes a status, headers and perhaps [error], and got ${args.length} arguments.`;
      found.found('start-response-arguments', what, stack);
    }
    if (this.#isOver) {
      found.found('start-response-late', 'startResponse() was called after the response had ended.', stack);
    } else if (this.#checks.isStarted && !excInfo) {
      const what =
        'startResponse() was called twice. For an error in place of what was begun, pass [error] as well.';
      found.found('start-response-twice', what, stack);
    }
    if (excInfo && (!Array.isArray(excInfo) || excInfo.length !== 1)) {
      const what = `excInfo is an array of one, [error], but startResponse() got ${describe(excInfo)}.`;
      found.found('exc-info', what, stack);
    }
    try {
      this.#checks.start(status, headers, stack);
    } catch (error) {
      // The server also refuses the call, and must count it, since another one may follow.
      if (error instanceof WSGIError) startResponse(status, headers, excInfo);
      throw error;
    }
    const write = excInfo ? startResponse(status, headers, excInfo) : startResponse(status, headers);
    if (typeof write !== 'function') {
      found.found('write', `startResponse() returns the function write(block), and gave ${describe(write)}.`);
    }
    const checkedWrite = (block: Uint8Array) => this.#write(write, block, captureStack(checkedWrite));
    return checkedWrite;
  }

  #write(write: Write, block: Uint8Array, stack: CapturedStack): Promise<void> {
    if (this.#isOver) {
      this.#reporter.found('write-late', 'write() was called after the response had ended.', stack);
    } else if (this.#isIterated) {
      const what = 'write() was called from within the iterable. Yield the block, or write before returning.';
      this.#reporter.found('write-while-iterating', what, stack);
    }
    this.#checks.written(block, stack);
    return write(block);
  }
}
