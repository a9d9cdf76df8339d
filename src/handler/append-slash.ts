import { ownPath } from '../web/path-encoding.ts';
import { Response } from './http/index.ts';

const METHODS_WITH_BODY = new Set(['POST', 'PUT', 'PATCH']);

/**
 * Redirects to the same URL with a slash after its path. @throws with DEBUG for a request with a body, since a
 * redirected browser may not send the body again.
 */
export function redirectToSlash(request: Request, { isDebug }: { readonly isDebug: boolean }): Response {
  const { pathname, search, host } = new URL(request.url);
  const location = ownPath(`${pathname}/`) + search;
  if (isDebug && METHODS_WITH_BODY.has(request.method)) {
    throw new Error(
      `${request.method} ${pathname} matches no view, but the same path with a slash at its end does. A redirect could lose the ` +
        `request's body: send the request to ${host}${location}, or set APPEND_SLASH to false.`,
    );
  }
  const status = request.method === 'GET' || request.method === 'HEAD' ? 301 : 308;
  return new Response(null, { status, headers: { location } });
}
