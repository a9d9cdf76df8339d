import type { GetResponse } from '../conf/index.ts';
import type { Environ } from '../wsgi/types.ts';
import { decodePath, encodePath, pathBytes } from './path-encoding.ts';
import type { URLconf } from './urls/urlconf.ts';

/** What the handler knows of a request and a web-standard Request has no place for. */
export interface RequestContext {
  readonly environ: Environ;
  /** Where the site is mounted, as bytes. */
  readonly scriptName: string;
  /** The path below that, as text. */
  readonly path: string;
  readonly urlconf: URLconf;
}

const contexts = new WeakMap<Request, RequestContext>();
// Not imported, since a runtime may be without it: there, middleware has to pass the Request on that it was given.
const asyncHooks = globalThis.process?.getBuiltinModule?.('node:async_hooks');
const storage = asyncHooks && new asyncHooks.AsyncLocalStorage<RequestContext>();

/** Calls `getResponse`, during which `context` is the current one and that of `request`. */
export function runInContext(
  context: RequestContext,
  request: Request,
  getResponse: GetResponse,
): Promise<Response> {
  contexts.set(request, context);
  return storage ? storage.run(context, getResponse, request) : getResponse(request);
}

/** The context of a request, also of a Request that a middleware has made to take the first one's place. */
export function contextOf(request: Request): RequestContext {
  const known = contexts.get(request);
  if (known) return known;
  const original = currentContext();
  if (!original) {
    throw new Error('A middleware called getResponse() with a Request of its own outside of a request.');
  }
  const context = { ...original, path: pathBelow(original.scriptName, request) };
  contexts.set(request, context);
  return context;
}

/** The context of the request that is being answered here, if any. */
export function currentContext(): RequestContext | undefined {
  return storage?.getStore();
}

function pathBelow(scriptName: string, request: Request): string {
  const { pathname } = new URL(request.url);
  const prefix = encodePath(scriptName);
  return decodePath(pathBytes(pathname.startsWith(`${prefix}/`) ? pathname.slice(prefix.length) : pathname));
}
