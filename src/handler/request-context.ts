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
  /** The mount point for requests whose own mount point is unknown. */
  readonly scriptName: string;
  /** The number of bytes of a body that may be read into memory at once; null for no limit. */
  readonly memoryLimit: number | null;
  /** The static files that this application serves, if any. */
  readonly files: StaticSite | undefined;
  /** Whether there is middleware, which may pass another Request to `getResponse()`. */
  readonly hasMiddleware: boolean;
  /**
   * With middleware: the only open request, which runs without a scope. Code without a scope belongs to this request.
   */
  unscoped: RequestContext | undefined;
}

/** The handler's data of a request that a web-standard Request cannot contain. */
export class RequestContext extends Scope {
  readonly application: ApplicationContext;
  readonly #environ: Environ | undefined;
  /** The mount point of the site, as bytes. */
  readonly scriptName: string;
  /** The path below the mount point, as text. */
  readonly path: string;
  /** The pattern whose view was called. */
  called: ViewNode | undefined;

  /** @param environ Undefined if a derived class makes the environ when it is read. */
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

/** The context of the current request, if the code runs in a scope. */
export function currentContext(): RequestContext | undefined {
  const scope = currentScope();
  return scope instanceof RequestContext ? scope : undefined;
}
