import type { WSGIErrors } from '../../wsgi/types.ts';

/** `wsgi.errors` for a web server with a log of its own: text is written to both logs. */
export class SharedErrors implements WSGIErrors {
  readonly #log: WSGIErrors;
  readonly #request: { sendError(text: string): void };

  constructor(log: WSGIErrors, request: { sendError(text: string): void }) {
    this.#log = log;
    this.#request = request;
  }

  write(text: string): void {
    this.#log.write(text);
    this.#request.sendError(text);
  }

  writelines(lines: Iterable<string>): void {
    for (const line of lines) this.write(line);
  }

  flush(): void {
    this.#log.flush();
  }
}
