import type { Environ } from '../../wsgi/types.ts';
import { LazyRequest } from './lazy-request.ts';
import { nativeRequest, PLAIN_METHODS } from './native-request.ts';
import type { RequestTarget } from './request-target.ts';

/**
 * Only Node needs the lazy Request. In other runtimes a Request is cheap, and their classes accept no substitute.
 * workerd may also have `process`.
 */
const isNode =
  globalThis.process?.versions?.node !== undefined &&
  !('bun' in process.versions || 'deno' in process.versions) &&
  (globalThis as { navigator?: { userAgent?: string } }).navigator?.userAgent !== 'Cloudflare-Workers';

/** Makes the Request that views get, which is lazy on Node. @throws {BadRequest} if a Request cannot hold a value. */
export function buildRequest(environ: Environ, target: RequestTarget): Request {
  return isNode && PLAIN_METHODS.has(environ.REQUEST_METHOD)
    ? LazyRequest.create(environ, target)
    : nativeRequest(environ, target);
}

/**
 * Makes the global classes accept Requests of `buildRequest()`. Called before a module can store or extend one of these
 * classes.
 */
export function prepareRequests(): void {
  if (isNode) LazyRequest.prepare();
}
