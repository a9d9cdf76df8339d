import { ownPath } from '../web/path-encoding.ts';
import { Response } from './http/index.ts';

const METHODS_WITH_BODY = new Set(['POST', 'PUT', 'PATCH']);

/** Redirects to the same URL with a slash after its path. @throws in DEBUG for a form, whose data may get lost. */
export function redirectToSlash(request: Request, { isDebug }: { readonly isDebug: boolean }): Response {
  const { pathname, search, host } = new URL(request.url);
  const location = ownPath(`${pathname}/`) + search;
  if (isDebug && METHODS_WITH_BODY.has(request.method)) {
    throw new Error(
      `You called this URL via ${request.method}, but the URL doesn't end in a slash and APPEND_SLASH is set. ` +
        `A redirect to the slash URL may lose the data. Point your form to ${host}${location} (note the slash), ` +
        'or set APPEND_SLASH to false.',
    );
  }
  const status = request.method === 'GET' || request.method === 'HEAD' ? 301 : 308;
  return new Response(null, { status, headers: { location } });
}
