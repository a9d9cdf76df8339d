import type { Environ } from '../../wsgi/types.ts';
import { LazyRequest } from './lazy-request.ts';
import { nativeRequest, PLAIN_METHODS } from './native-request.ts';
import type { RequestTarget } from './request-target.ts';

/** Other runtimes have a Request that costs little, and classes that take nothing else for one. workerd may have `process`. */
const isNode =
  globalThis.process?.versions?.node !== undefined &&
  !('bun' in process.versions || 'deno' in process.versions) &&
  (globalThis as { navigator?: { userAgent?: string } }).navigator?.userAgent !== 'Cloudflare-Workers';

/** The Request that views get: lazy on Node. @throws {BadRequest} for what a Request cannot hold. */
export function buildRequest(environ: Environ, target: RequestTarget): Request {
  return isNode && PLAIN_METHODS.has(environ.REQUEST_METHOD)
    ? LazyRequest.create(environ, target)
    : nativeRequest(environ, target);
}

/** Makes the global classes take what `buildRequest()` makes, before a module keeps or extends one of them. */
export function prepareRequests(): void {
  if (isNode) LazyRequest.prepare();
}
