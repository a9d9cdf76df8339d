import type { Environ, StartResponse, WSGIApplication, WSGIResponse } from './types.ts';

// A registered symbol, since a site may have its own copy of this package. The symbol in an environ is kept in copies
// of it.
const WATCH = Symbol.for('startproject.watch');
const WATCHABLE = Symbol.for('startproject.watchable');

/** Calls an application for an outer validator. */
export type Watch = (
  application: WSGIApplication,
  environ: Environ,
  startResponse: StartResponse,
) => WSGIResponse | Promise<WSGIResponse>;

type WatchedEnviron = Environ & { [WATCH]?: Watch | undefined };

/**
 * Lets an outer validator see the arguments and the response of an application, so that it finds the middleware that does
 * not close the response. Without a validator the cost is one read of `environ`.
 */
export function watchable(application: WSGIApplication): WSGIApplication {
  if (isWatchable(application)) return application;
  function watched(environ: Environ, startResponse: StartResponse) {
    const watch = watchOf(environ);
    return watch ? watch(application, environ, startResponse) : application(environ, startResponse);
  }
  return Object.assign(watched, { [WATCHABLE]: true });
}

export function isWatchable(application: WSGIApplication): boolean {
  return WATCHABLE in application;
}

export function watchOf(environ: Environ): Watch | undefined {
  return (environ as WatchedEnviron | undefined)?.[WATCH];
}

export function setWatch(environ: Environ, watch: Watch | undefined): void {
  (environ as WatchedEnviron)[WATCH] = watch;
}
