import { EDITOR, type WithEditor } from '../../handler/errors/page-access.ts';
import type { Environ, WSGIApplication } from '../../wsgi/types.ts';

/**
 * Adds buttons to the error pages of a site that open an editor, for clients on this machine.
 *
 * @param action The URL to which the buttons post.
 * @param isMeant Whether a request may see details of the site.
 */
export function offerEditor(
  application: WSGIApplication,
  action: string,
  isMeant: (environ: Environ) => boolean,
): WSGIApplication {
  return function withEditor(environ, startResponse) {
    if (isFromHere(environ) && isMeant(environ))
      Object.assign(environ, { [EDITOR]: action } satisfies WithEditor);
    return application(environ, startResponse);
  };
}

/**
 * Whether a client is on this machine. A request through a proxy may come from anywhere, although the proxy itself is
 * here.
 */
export function isFromHere({
  REMOTE_ADDR: address = '',
  HTTP_X_FORWARDED_FOR,
  HTTP_FORWARDED,
}: Environ): boolean {
  const isLoopback = /^(?:::ffff:)?127\./.test(address) || address === '::1';
  return isLoopback && HTTP_X_FORWARDED_FOR === undefined && HTTP_FORWARDED === undefined;
}
