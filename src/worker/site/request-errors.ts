import { ErrorStream } from '../../wsgi/environ/errors-stream.ts';
import type { Environ, WSGIApplication } from '../../wsgi/types.ts';

/** Collects the text that requests write to `wsgi.errors`, for their log entries. */
export class RequestErrors {
  readonly #texts = new WeakMap<Environ, string[]>();

  /** A middleware that collects the text. Text after the end of the response goes to the original `wsgi.errors`. */
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

  /** Returns the collected text of a request whose response has ended. Undefined when there is none. */
  take(environ: Environ | undefined): string | undefined {
    if (environ === undefined) return undefined;
    const text = this.#texts.get(environ)?.join('').trimEnd();
    this.#texts.delete(environ);
    return text || undefined;
  }
}
