import { ErrorStream } from '../../src/wsgi/environ/errors-stream.ts';
import type { ServedLog } from './_subject.ts';

/** The log of a subject in this process. */
export class Log implements ServedLog {
  text = '';
  readonly errors = new ErrorStream((text) => this.write(text));
  readonly #listeners = new Set<() => void>();

  write(text: string): void {
    this.text += text;
    for (const listener of this.#listeners) listener();
  }

  async saw(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.text)) {
      await new Promise<void>((resolve) => this.#listeners.add(resolve));
      this.#listeners.clear();
    }
  }
}
