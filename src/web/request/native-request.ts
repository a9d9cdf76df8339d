import { headerName } from '../../wsgi/environ/cgi-names.ts';
import type { Environ } from '../../wsgi/types.ts';
import { BadRequest, MethodNotImplemented } from './bad-request.ts';
import { createRequest } from './late-signal-request.ts';
import { requestBody } from './request-body.ts';
import type { RequestTarget } from './request-target.ts';

/** The methods that the Request constructor uses unchanged and without a check. */
export const PLAIN_METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'OPTIONS',
  'PATCH',
]);

/** The Fetch standard forbids these methods. TRACK is Microsoft's TRACE. */
const FORBIDDEN_METHODS: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK']);

/**
 * The web-standard Request for an environ.
 *
 * @param headers Replace the headers of the environ.
 * @throws {BadRequest} if the environ contains values that a Request cannot have.
 */
export function nativeRequest(
  environ: Environ,
  target: RequestTarget,
  headers: Headers | Record<string, string> = headerRecord(environ),
): Request {
  const method = requestMethod(environ);
  if (FORBIDDEN_METHODS.has(method)) throw new MethodNotImplemented(method);
  const body = mayHaveBody(method) ? requestBody(environ) : null;
  const init: RequestInit = { method, headers };
  if (body !== null) Object.assign(init, { body, duplex: 'half' });
  if (target.isSignalLate) return represent(() => createRequest(target, init));
  if (target.signal !== undefined) init.signal = target.signal;
  return represent(() => new Request(target.url, init));
}

/** The headers without a Request. @throws {BadRequest} */
export function nativeHeaders(environ: Environ): Headers {
  return represent(() => new Headers(headerRecord(environ)));
}

/** `toUpperCase()` calls C++ code in V8, which is slower than this lookup. */
export function requestMethod({ REQUEST_METHOD: method }: Environ): string {
  return PLAIN_METHODS.has(method) ? method : method.toUpperCase();
}

export function mayHaveBody(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD';
}

/** @throws {BadRequest} if the web-standard classes reject a value. */
export function represent<T>(make: () => T): T {
  try {
    return make();
  } catch (cause) {
    throw new BadRequest(`The request cannot be represented: ${(cause as Error).message}`, { cause });
  }
}

function headerRecord(environ: Environ): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const key in environ) {
    const value = environ[key];
    if (key.startsWith('HTTP_') && typeof value === 'string') headers[headerName(key)!] = value;
  }
  if (environ.CONTENT_TYPE) headers['content-type'] = environ.CONTENT_TYPE;
  if (environ.CONTENT_LENGTH) headers['content-length'] = environ.CONTENT_LENGTH;
  return headers;
}
