import { describe } from '../errors.ts';
import type { WSGIErrors } from '../types.ts';

/** `wsgi.errors` on top of a function that takes text: the worker's log, or `console.error` in edge runtimes. */
export class ErrorStream implements WSGIErrors {
  readonly #sink: (text: string) => void;

  constructor(sink: (text: string) => void) {
    this.#sink = sink;
  }

  write(text: string): void {
    if (typeof text !== 'string') throw new TypeError(`wsgi.errors takes text, and got ${describe(text)}.`);
    this.#sink(text);
  }

  writelines(lines: Iterable<string>): void {
    for (const line of lines) this.write(line);
  }

  /** Does nothing, since writes are not buffered. */
  flush(): void {}
}
