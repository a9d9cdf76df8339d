import { currentScope, Scope, type Site } from '../conf/scope.ts';
import type { StaticSite } from '../middleware/static/static-site.ts';
import type { Environ, WSGIApplication } from '../wsgi/types.ts';
import type { URLconf, ViewNode } from './urls/urlconf.ts';

/** What all requests of an application have in common. */
export interface ApplicationContext {
  readonly site: Site;
  readonly urlconf: URLconf;
  /** What `getWsgiApplication()` returned. */
  readonly sender: WSGIApplication;
  /** Where requests are mounted that nothing is said of. */
  readonly scriptName: string;
  /** How much of a body may be read into memory at once, in bytes; null for any amount. */
  readonly memoryLimit: number | null;
  /** The static files that are served here, if any. */
  readonly files: StaticSite | undefined;
  /** Whether there is middleware, which may pass a Request of its own to `getResponse()`. */
  readonly hasMiddleware: boolean;
  /** The one open request that runs in no scope, where there is middleware: what has no scope belongs to it. */
  unscoped: RequestContext | undefined;
}

/** What the handler knows of a request and a web-standard Request has no place for. */
export class RequestContext extends Scope {
  readonly application: ApplicationContext;
  #environ: Environ | (() => Environ);
  /** Where the site is mounted, as bytes. */
  readonly scriptName: string;
  /** The path below that, as text. */
  readonly path: string;
  /** The pattern whose view was called. */
  called: ViewNode | undefined;

  /** @param environ It, or what makes it when it is read. */
  constructor(
    application: ApplicationContext,
    environ: Environ | (() => Environ),
    scriptName: string,
    path: string,
  ) {
    super(application.site);
    this.application = application;
    this.#environ = environ;
    this.scriptName = scriptName;
    this.path = path;
  }

  get environ(): Environ {
    if (typeof this.#environ === 'function') this.#environ = this.#environ();
    return this.#environ;
  }
}

/** The context of the request that is being answered here, where it runs in a scope. */
export function currentContext(): RequestContext | undefined {
  const scope = currentScope();
  return scope instanceof RequestContext ? scope : undefined;
}
