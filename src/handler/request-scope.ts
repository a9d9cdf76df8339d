import { activeSettings } from '../conf/active.ts';
import { currentScope, hasScopes, runInScope } from '../conf/scope.ts';
import { encodePath, pathText } from '../web/path-encoding.ts';
import { followSignal } from '../web/request/late-signal-request.ts';
import { mayHaveBody } from '../web/request/native-request.ts';
import { decodePath } from '../wsgi/environ/cgi-names.ts';
import { clientOf } from '../wsgi/environ/client-presence.ts';
import { BoundContext } from './bound-context.ts';
import { boundBody } from './bounded-body.ts';
import { type ApplicationContext, currentContext, RequestContext } from './request-context.ts';

/**
 * Whether code must run in the scope of a request. It is not needed if the process has a single site with one mount
 * point, and that site has no middleware or only one open request.
 */
function needsScope(context: RequestContext): boolean {
  const { application } = context;
  if (
    activeSettings.hasSeveralSites ||
    context.scriptName !== application.scriptName ||
    currentScope() !== undefined
  ) {
    return true;
  }
  if (!application.hasMiddleware) return false;
  // Without AsyncLocalStorage, code after an `await` has no scope.
  if (!hasScopes) return true;
  application.unscoped ??= context;
  return application.unscoped !== context;
}

/** Calls `act`, within the scope of a request if this is needed. */
export function runFor<Argument, Result>(
  context: RequestContext,
  act: (argument: Argument) => Result,
  argument: Argument,
): Result {
  return needsScope(context) ? runInScope(context, act, argument) : act(argument);
}

/** Records that a request has ended. No code runs for it after this call. */
export function leave(context: RequestContext): void {
  const { application } = context;
  if (application.unscoped === context) application.unscoped = undefined;
}

/** Makes `context` the context of `request`. */
export function bindContext(request: Request, context: RequestContext): void {
  BoundContext.set(request, context);
  if (mayHaveBody(request.method)) boundBody(request, { isReplaced: false });
}

/**
 * The context of a request. If a middleware has made the Request to replace the original one, it has its own URL, and
 * the rest of its context comes from the scope.
 */
export function contextOf(request: Request, application: ApplicationContext): RequestContext {
  const known = BoundContext.get(request);
  if (known?.application === application) return known;
  const scope = currentContext();
  const original = scope?.application === application ? scope : hasScopes ? application.unscoped : undefined;
  if (original === undefined) throw noOriginal();
  const { environ, scriptName } = original;
  const context = new RequestContext(application, environ, scriptName, pathBelow(scriptName, request));
  BoundContext.set(request, context);
  boundBody(request, { isReplaced: true });
  followSignal(request, () => clientOf(environ)?.signal);
  return context;
}

function noOriginal(): Error {
  const message = 'A middleware called getResponse() with a new Request outside of a request.';
  if (hasScopes) return new Error(message);
  return new Error(
    `${message} Without AsyncLocalStorage, this includes all code after an await: turn it on (nodejs_compat for workerd), ` +
      'or pass the Request that the middleware has received.',
  );
}

function pathBelow(scriptName: string, request: Request): string {
  const { pathname } = new URL(request.url);
  const prefix = encodePath(scriptName);
  return pathText(decodePath(pathname.startsWith(`${prefix}/`) ? pathname.slice(prefix.length) : pathname));
}
