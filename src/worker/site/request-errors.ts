import { ErrorStream } from '../../wsgi/environ/errors-stream.ts';
import type { Environ, WSGIApplication } from '../../wsgi/types.ts';

/** What requests write on `wsgi.errors`, kept for their log entries. */
export class RequestErrors {
  readonly #texts = new WeakMap<Environ, string[]>();

  /** A middleware that keeps the text. Text after the end of the response is written to the original `wsgi.errors`. */
  keep(application: WSGIApplication): WSGIApplication {
    return (environ, startResponse) => {
      const { 'wsgi.errors': errors } = environ;
      this.#texts.set(environ, []);
      environ['wsgi.errors'] = new ErrorStream((text) => {
        const texts = this.#texts.get(environ);
        if (texts === undefined) errors.write(text);
        else texts.push(text);
      });
      return application(environ, startResponse);
    };
  }

  /** The text of a request whose response is over, if there is one. */
  take(environ: Environ | undefined): string | undefined {
    if (environ === undefined) return undefined;
    const text = this.#texts.get(environ)?.join('').trimEnd();
    this.#texts.delete(environ);
    return text || undefined;
  }
}
