import type { WSGIErrors } from '../../wsgi/types.ts';

/** `wsgi.errors` of a request whose web server has a log too: what is written goes to both. */
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
