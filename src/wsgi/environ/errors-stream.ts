import { describe } from '../errors.ts';
import type { WSGIErrors } from '../types.ts';

/** `wsgi.errors` over whatever takes text: the worker's log, `console.error` at the edge. */
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

  /** Does nothing: what is written is not held back. */
  flush(): void {}
}
