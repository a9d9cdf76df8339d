import { describe } from '../errors.ts';
import type { WSGIErrors } from '../types.ts';
import { type CapturedStack, captureStack } from './place.ts';
import type { Reporter } from './reporter.ts';

/** `wsgi.errors` with checks of what is written to it. */
export class CheckedErrors implements WSGIErrors {
  readonly #errors: WSGIErrors;
  readonly #reporter: Reporter;

  constructor(errors: WSGIErrors, reporter: Reporter) {
    this.#errors = errors;
    this.#reporter = reporter;
  }

  write(text: string): void {
    if (typeof text !== 'string') this.#wrongText('write', text, captureStack(this.write));
    this.#errors.write(text);
  }

  writelines(lines: Iterable<string>): void {
    const all = [...lines];
    const wrong = all.findIndex((line) => typeof line !== 'string');
    if (wrong !== -1) this.#wrongText('writelines', all[wrong], captureStack(this.writelines));
    this.#errors.writelines(all);
  }

  flush(): void {
    this.#errors.flush();
  }

  /** It is not part of the contract. A call is reported as a violation. */
  close(): void {
    const what =
      'wsgi.errors.close() was called. The stream is the server’s, and others write to it: leave it open.';
    this.#reporter.found('errors', what, captureStack(this.close));
    (this.#errors as unknown as { close(): void }).close();
  }

  #wrongText(method: string, found: unknown, stack: CapturedStack): void {
    const what = `wsgi.errors.${method}() takes text, and got ${describe(found)}.`;
    this.#reporter.found('errors', what, stack);
  }
}
