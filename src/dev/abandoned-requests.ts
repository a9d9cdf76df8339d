import { clientOf } from '../wsgi/environ/client-presence.ts';
import { isPromiseLike } from '../wsgi/errors.ts';
import type { Environ, WSGIApplication } from '../wsgi/types.ts';
import { askedRequest } from './child/held-connections.ts';
import type { LoggedRequest } from './request-line.ts';

/**
 * The time for an application to end after its client has disconnected. If it ends by then, its log entry has the real
 * duration.
 */
const PATIENCE_MS = 1_000;

/**
 * Logs requests whose client has disconnected while the application is still running. A promise that is never settled
 * would never be logged.
 */
export class AbandonedRequests {
  readonly #onAbandoned: (facts: LoggedRequest) => void;
  readonly #logged = new WeakSet<Environ>();

  constructor(onAbandoned: (facts: LoggedRequest) => void) {
    this.#onAbandoned = onAbandoned;
  }

  /** Whether the request of an ended response has been logged already. */
  has(environ: Environ | undefined): boolean {
    return environ !== undefined && this.#logged.has(environ);
  }

  /** @returns an application whose requests are watched */
  watch(application: WSGIApplication): WSGIApplication {
    return (environ, startResponse) => {
      const since = Date.now();
      const response = application(environ, startResponse);
      const signal = clientOf(environ)?.signal;
      if (signal === undefined || !isPromiseLike(response)) return response;
      let isSettled = false;
      const settle = () => {
        isSettled = true;
      };
      response.then(settle, settle);
      const follow = () => {
        const durationMs = Date.now() - since;
        setTimeout(() => {
          if (!isSettled) this.#log(environ, durationMs);
        }, PATIENCE_MS).unref();
      };
      if (signal.aborted) follow();
      else signal.addEventListener('abort', follow, { once: true });
      return response;
    };
  }

  #log(environ: Environ, durationMs: number): void {
    this.#logged.add(environ);
    const { method, target, httpVersion } = askedRequest(environ, false);
    this.#onAbandoned({
      method,
      target,
      httpVersion,
      status: 0,
      bytes: 0,
      durationMs,
      brokenOffBy: 'client',
    });
  }
}
