import { activeSettings } from '../conf/active.ts';
import { currentScope, runInScope, Scope, type Site } from '../conf/scope.ts';
import type { Environ, WSGIApplication } from '../wsgi/types.ts';
import { BoundContext } from './bound-context.ts';
import { decodePath, encodePath, pathBytes } from './path-encoding.ts';
import type { URLconf } from './urls/urlconf.ts';

/** What all requests of an application have in common. */
export interface ApplicationContext {
  readonly site: Site;
  readonly urlconf: URLconf;
  /** What `getWsgiApplication()` returned. */
  readonly sender: WSGIApplication;
  /** Where requests are mounted that nothing is said of. */
  readonly scriptName: string;
  /** The request that came last. */
  latest: RequestContext | undefined;
  /** Whether a middleware has been seen to make a Request of its own. */
  makesRequests: boolean;
}

/** What the handler knows of a request and a web-standard Request has no place for. */
export class RequestContext extends Scope {
  readonly application: ApplicationContext;
  readonly environ: Environ;
  /** Where the site is mounted, as bytes. */
  readonly scriptName: string;
  /** The path below that, as text. */
  readonly path: string;

  constructor(application: ApplicationContext, environ: Environ, scriptName: string, path: string) {
    super(application.site);
    this.application = application;
    this.environ = environ;
    this.scriptName = scriptName;
    this.path = path;
  }
}

/**
 * Whether code must run in the scope of a request. Without one all is known where there is a single site that is
 * mounted at one place, and whose middleware pass the Request on that they were given.
 */
function needsScope(context: RequestContext): boolean {
  return (
    activeSettings.hasSeveralSites ||
    context.scriptName !== context.application.scriptName ||
    context.application.makesRequests ||
    currentScope() !== undefined
  );
}

/** Calls `act`, in the scope of a request where there is need of one. */
export function runFor<Argument, Result>(
  context: RequestContext,
  act: (argument: Argument) => Result,
  argument: Argument,
): Result {
  return needsScope(context) ? runInScope(context, act, argument) : act(argument);
}

/** Makes `context` that of `request`. */
export function bindContext(request: Request, context: RequestContext): void {
  BoundContext.set(request, context);
  context.application.latest = context;
}

/** The context of a request, also of a Request that a middleware has made to take the first one's place. */
export function contextOf(request: Request, application: ApplicationContext): RequestContext {
  const known = BoundContext.get(request);
  if (known?.application === application) return known;
  application.makesRequests = true;
  // The first such Request comes outside of a scope. It has its own URL; what else there is to know of it is all but
  // certainly in the request that came last.
  const scope = currentContext();
  const original = scope?.application === application ? scope : application.latest;
  if (!original) {
    throw new Error('A middleware called getResponse() with a Request of its own outside of a request.');
  }
  const { environ, scriptName } = original;
  const context = new RequestContext(application, environ, scriptName, pathBelow(scriptName, request));
  BoundContext.set(request, context);
  return context;
}

/** The context of the request that is being answered here, where it runs in a scope. */
export function currentContext(): RequestContext | undefined {
  const scope = currentScope();
  return scope instanceof RequestContext ? scope : undefined;
}

function pathBelow(scriptName: string, request: Request): string {
  const { pathname } = new URL(request.url);
  const prefix = encodePath(scriptName);
  return decodePath(pathBytes(pathname.startsWith(`${prefix}/`) ? pathname.slice(prefix.length) : pathname));
}
