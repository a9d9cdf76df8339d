import { Probe } from '../../node-internals/probe.ts';
import type { Environ } from '../../wsgi/types.ts';
import { LazyRequest } from './lazy-request.ts';
import { nativeRequest } from './native-request.ts';
import type { RequestTarget } from './request-target.ts';

/** The methods that a Request takes as they are, without a check. */
const PLAIN_METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']);

/**
 * Whether a lazy Request works here: where the class keeps its state in properties, as on Node 20 and 22. From Node 24
 * on the state is private to the class; there a Request costs a third.
 */
const lazily = new Probe(() => {
  const environ = { REQUEST_METHOD: 'PUT', HTTP_X_NAME: 'value' } as Partial<Environ> as Environ;
  const target = { url: 'http://localhost/' };
  const copy = new Request(LazyRequest.create(environ, target));
  // Bun copies one by its properties, and then has methods that want the real one.
  const clone = LazyRequest.create(environ, target).clone();
  return (
    clone.method === 'PUT' &&
    copy.method === 'PUT' &&
    copy.url === 'http://localhost/' &&
    copy.headers.get('x-name') === 'value'
  );
});

/** The Request that views get: lazy where the runtime allows it. @throws {BadRequest} for what a Request cannot hold. */
export function buildRequest(environ: Environ, target: RequestTarget): Request {
  if (!PLAIN_METHODS.has(environ.REQUEST_METHOD)) return nativeRequest(environ, target);
  return lazily.isPassed ? LazyRequest.create(environ, target) : nativeRequest(environ, target);
}
