import { isHost } from '../../text/host-names.ts';
import { directlyOf, type FetchedRequest } from '../../web/direct-answer.ts';
import { type RunOptions, run } from '../../wsgi/driver/driver.ts';
import { withoutTrailingSlashes } from '../../wsgi/environ/cgi-names.ts';
import { ErrorStream } from '../../wsgi/environ/errors-stream.ts';
import type { EnvironDefaults } from '../../wsgi/environ/server-variables.ts';
import { shiftPrefix } from '../../wsgi/environ/shift-prefix.ts';
import { isPromiseLike } from '../../wsgi/errors.ts';
import type { Environ, WSGIApplication, WSGIErrors } from '../../wsgi/types.ts';
import { RequestParts } from './environ.ts';

/**
 * The options of `toFetch()`. `Args` are the arguments that the runtime or the framework passes after the request.
 *
 * @example
 * import type { ToFetchOptions } from 'startproject/adapters/fetch';
 *
 * export const options: ToFetchOptions = { scriptName: '/site' };
 */
export interface ToFetchOptions<Args extends readonly unknown[] = readonly unknown[]> extends RunOptions {
  /**
   * The path at which the application is mounted, `/site`, if the request's URL contains it. Requests outside of it are
   * answered with 404.
   * @default ''
   */
  readonly scriptName?: string | undefined;
  /**
   * Variables to add to each environ or to change in it, from data that is not in a Request.
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
   * Receives a promise for the work after the response was returned: its body, and `close()`. Some runtimes stop work that they
   * do not know.
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

/**
 * Variables that a Request cannot contain: those of the client, and those of a server or a site, whose names contain a
 * dot.
 */
const BESIDE_REQUEST = /^REMOTE_|^(?!wsgi\.)[^.]+\./;

// biome-ignore lint/suspicious/noConsole: other runtimes than Node have no other log
const logToConsole = new ErrorStream((text) => console.error(text.replace(/\n$/, '')));

/**
 * A function from `Request` to `Response` that runs a WSGI application: for Bun, Deno and Workers, and for frameworks that
 * mount such functions.
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
  const { environ: additions, waitUntil, scriptName = '', errors = logToConsole } = options;
  const prefix = withoutTrailingSlashes(scriptName);
  const defaults = { errors, isMultiprocess: options.isMultiprocess ?? false };
  const served: Served<Args> = { application, options, defaults };
  const directly = prefix === '' ? directlyOf(application) : undefined;

  return function fetchApplication(request, ...args) {
    let call: FetchCall<Args>;
    try {
      call = new FetchCall(request, args, served);
    } catch (error) {
      return plainResponse(400, `${(error as Error).message}\n`); // Bun cannot make a URL with a malformed host.
    }
    if (
      directly !== undefined &&
      request.method === 'GET' &&
      (additions === undefined || call.leavesRequest())
    ) {
      const answering = directly(call);
      if (waitUntil !== undefined && isPromiseLike(answering))
        waitUntil(answering.then(nothing), request, ...args);
      if (answering !== undefined) return answering;
    }
    if (!isHost(call.environ.HTTP_HOST ?? ''))
      return plainResponse(400, 'The Host header is not a valid host.\n');
    if (prefix !== '' && !shiftPrefix(call.environ, prefix)) {
      return plainResponse(404, 'Not Found\n');
    }
    return call.run(additions === undefined ? application : call.withAdditions());
  };
}

function nothing(): void {}

function plainResponse(status: number, text: string): Response {
  return new Response(text, { status, headers: { 'content-type': 'text/plain' } });
}

/** The data that all calls of a function from `toFetch()` share. */
interface Served<Args extends readonly unknown[]> {
  readonly application: WSGIApplication;
  readonly options: ToFetchOptions<Args>;
  readonly defaults: EnvironDefaults;
}

/**
 * One call of a function from `toFetch()`. It has no closures, since each would take as long to create as this object.
 */
class FetchCall<Args extends readonly unknown[]> extends RequestParts implements FetchedRequest {
  readonly #args: Args;
  readonly #served: Served<Args>;

  constructor(request: Request, args: Args, served: Served<Args>) {
    super(request, served.defaults);
    this.#args = args;
    this.#served = served;
  }

  /** Runs an application by the driver. */
  run(application: WSGIApplication): Response | Promise<Response> {
    const { environ, transport } = this;
    const { options } = this.#served;
    const running = run(application, environ, transport, options);
    if (running === undefined) {
      transport.over();
    } else {
      transport.waits();
      const work = running.then(() => transport.over());
      options.waitUntil?.(work, this.request, ...this.#args);
    }
    return transport.response;
  }

  /** Whether the added variables do not change anything that the Request already contains. */
  leavesRequest(): boolean {
    try {
      this.additions = this.#added();
    } catch {
      return false; // The driver calls this function again, and reports its error.
    }
    return Object.keys(this.additions ?? {}).every((key) => BESIDE_REQUEST.test(key));
  }

  /** The application, called with the additional variables. */
  withAdditions(): WSGIApplication {
    return (environ, startResponse) =>
      this.#served.application(Object.assign(environ, this.additions ?? this.#added()), startResponse);
  }

  #added(): Partial<Environ> | undefined {
    return this.#served.options.environ?.(this.request, ...this.#args);
  }
}
