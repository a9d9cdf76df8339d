import { currentScope, Scope, type Site } from '../conf/scope.ts';
import type { StaticSite } from '../middleware/static/static-site.ts';
import type { Environ, WSGIApplication } from '../wsgi/types.ts';
import type { URLconf, ViewNode } from './urls/urlconf.ts';

/** The data that all requests of an application share. */
export interface ApplicationContext {
  readonly site: Site;
  readonly urlconf: URLconf;
  /** What `getWsgiApplication()` returned. */
  readonly sender: WSGIApplication;
  /** The mount point for requests whose own is unknown. */
  readonly scriptName: string;
  /** How much of a body may be read into memory at once, in bytes; null for any amount. */
  readonly memoryLimit: number | null;
  /** The static files that are served here, if any. */
  readonly files: StaticSite | undefined;
  /** Whether there is middleware, which may pass a Request of its own to `getResponse()`. */
  readonly hasMiddleware: boolean;
  /** With middleware: the only open request, which runs without a scope. Code without a scope belongs to it. */
  unscoped: RequestContext | undefined;
}

/** The handler's data of a request that a web-standard Request cannot hold. */
export class RequestContext extends Scope {
  readonly application: ApplicationContext;
  readonly #environ: Environ | undefined;
  /** Where the site is mounted, as bytes. */
  readonly scriptName: string;
  /** The path below that, as text. */
  readonly path: string;
  /** The pattern whose view was called. */
  called: ViewNode | undefined;

  /** @param environ Undefined where a class that extends this one makes it when it is read. */
  constructor(
    application: ApplicationContext,
    environ: Environ | undefined,
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
    return this.#environ!;
  }
}

/** The context of the current request, where it runs in a scope. */
export function currentContext(): RequestContext | undefined {
  const scope = currentScope();
  return scope instanceof RequestContext ? scope : undefined;
}
