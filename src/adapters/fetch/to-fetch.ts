import { type DirectAnswer, directlyOf } from '../../web/direct-answer.ts';
import { OpenedResponse } from '../../web/response/opened-response.ts';
import { type RunOptions, run } from '../../wsgi/driver/driver.ts';
import { withoutTrailingSlashes } from '../../wsgi/environ/cgi-names.ts';
import { ErrorStream } from '../../wsgi/environ/errors-stream.ts';
import { shiftPrefix } from '../../wsgi/environ/shift-prefix.ts';
import { isPromiseLike } from '../../wsgi/errors.ts';
import type { Environ, WSGIApplication, WSGIErrors } from '../../wsgi/types.ts';
import { RequestParts } from './environ.ts';

/**
 * What `toFetch()` takes beside the application. `Args` is what the runtime or the framework passes after the request.
 *
 * @example
 * import type { ToFetchOptions } from 'startproject/adapters/fetch';
 *
 * export const options: ToFetchOptions = { scriptName: '/site' };
 */
export interface ToFetchOptions<Args extends readonly unknown[] = readonly unknown[]> extends RunOptions {
  /**
   * The path that the application is mounted at, `/site`, where it is in the request's URL. Requests that are not below
   * it are answered 404.
   * @default ''
   */
  readonly scriptName?: string | undefined;
  /**
   * Variables to add to each environ, or to change: what is not in a request, and only the runtime knows.
   * @default none
   *
   * @example
   * import { toFetch } from 'startproject/adapters/fetch';
   * import { application } from './mysite/wsgi.ts';
   *
   * Bun.serve({
   *   fetch: toFetch(application, {
   *     environ: (request, server: Bun.Server) => ({ REMOTE_ADDR: server.requestIP(request)?.address }),
   *   }),
   * });
   */
  readonly environ?: ((request: Request, ...args: Args) => Partial<Environ>) | undefined;
  /**
   * Receives the promise of the work that goes on after the response has been returned: its body, and `close()`. Some
   * runtimes cut off work that they do not know of.
   * @default none
   *
   * @example
   * import { toFetch } from 'startproject/adapters/fetch';
   * import { application } from './mysite/wsgi.ts';
   *
   * export default {
   *   fetch: toFetch(application, {
   *     waitUntil: (work, _request, _env: unknown, ctx: ExecutionContext) => ctx.waitUntil(work),
   *   }),
   * };
   */
  readonly waitUntil?: ((work: Promise<void>, request: Request, ...args: Args) => void) | undefined;
  /** Whether other processes run the same application: `wsgi.multiprocess`. @default false */
  readonly isMultiprocess?: boolean | undefined;
  /** `wsgi.errors`. @default `console.error` */
  readonly errors?: WSGIErrors | undefined;
}

/** Variables that a Request has no place for: who has sent it, and those of a server or a site, which have a dot. */
const BESIDE_REQUEST = /^REMOTE_|^(?!wsgi\.)[^.]+\./;

// biome-ignore lint/suspicious/noConsole: runtimes that are not Node have no other log
const logToConsole = new ErrorStream((text) => console.error(text.replace(/\n$/, '')));

/**
 * A function from `Request` to `Response` of a WSGI application: what Bun, Deno and Workers serve, and what frameworks
 * built upon the web's standards mount.
 *
 * It returns a promise unless the application answers at once. The promise is not rejected: an error of the application
 * is a response with status 500.
 *
 * @example
 * import { toFetch } from 'startproject/adapters/fetch';
 * import { application } from './mysite/wsgi.ts';
 *
 * export default { fetch: toFetch(application) };
 */
export function toFetch<Args extends readonly unknown[]>(
  application: WSGIApplication,
  options: ToFetchOptions<Args> = {},
): (request: Request, ...args: Args) => Response | Promise<Response> {
  const { environ: additions, waitUntil } = options;
  const prefix = withoutTrailingSlashes(options.scriptName ?? '');
  const defaults = {
    errors: options.errors ?? logToConsole,
    isMultiprocess: options.isMultiprocess ?? false,
  };

  const directly = prefix === '' ? directlyOf(application) : undefined;

  return function fetchApplication(request, ...args) {
    const parts = new RequestParts(request, defaults);
    let added: Partial<Environ> | undefined;
    if (directly !== undefined && request.method === 'GET' && leavesRequest()) {
      const answering = directly(parts);
      if (isPromiseLike(answering)) {
        const responding = answering.then(finish);
        waitUntil?.(
          responding.then(() => {}),
          request,
          ...args,
        );
        return responding;
      }
      if (answering !== undefined) return finish(answering);
    }
    if (prefix !== '' && !shiftPrefix(parts.environ, prefix)) {
      return new Response('Not Found\n', { status: 404, headers: { 'content-type': 'text/plain' } });
    }
    return answer(additions ? withAdditions : application);

    function answer(application: WSGIApplication): Response | Promise<Response> {
      const { environ, transport } = parts;
      const running = run(application, environ, transport, options);
      if (running === undefined) {
        transport.over();
      } else {
        transport.waits();
        const work = running.then(() => transport.over());
        waitUntil?.(work, request, ...args);
      }
      return transport.response;
    }

    function finish(answered: DirectAnswer): Response | Promise<Response> {
      if (answered instanceof OpenedResponse) return parts.respondWhole(answered);
      return typeof answered === 'function' ? answer(answered) : answered;
    }

    /** Whether what is added to the environ says nothing else than the Request does. */
    function leavesRequest(): boolean {
      if (additions === undefined) return true;
      try {
        added = additions(request, ...args);
      } catch {
        return false; // it is called once more by the driver, who reports its error
      }
      parts.additions = added;
      return Object.keys(added ?? {}).every((key) => BESIDE_REQUEST.test(key));
    }

    function withAdditions(...[given, startResponse]: Parameters<WSGIApplication>) {
      return application(Object.assign(given, added ?? additions?.(request, ...args)), startResponse);
    }
  };
}
