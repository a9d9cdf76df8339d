import { ownPath } from '../../web/path-encoding.ts';
import { LightResponse } from '../../web/response/light-response.ts';
import { checkOptions } from '../check-options.ts';
import { reverse } from '../urls/reverse.ts';

/**
 * The options of `redirect()`.
 *
 * @example
 * import type { RedirectOptions } from 'startproject/http';
 *
 * export const options: RedirectOptions = { params: { year: 2026 }, permanent: true };
 */
export interface RedirectOptions {
  /** The parameters of the route, if the target is the name of a route. @default none */
  readonly params?: Readonly<Record<string, unknown>>;
  /** Whether clients may remember the redirect: 301 in place of 302. @default false */
  readonly permanent?: boolean;
  /** Whether the client repeats the request with its method and body: 307 and 308. @default false */
  readonly preserveRequest?: boolean;
}

/** A URL with its scheme, or a reference that cannot be a name. */
const REFERENCE = /^(?:[./?#]|[a-z][a-z\d+.-]*:\/\/)/i;

/**
 * A response that redirects the client. If the target is relative, `Location` is relative, so it is correct behind
 * every proxy. The headers of the response can be changed. Without `preserveRequest`, browsers request the new URL with
 * GET.
 *
 * A path always stays on this site: `//example.org` becomes the path `/%2Fexample.org`. A target with a scheme can lead
 * to any site, so check a target that comes from the request.
 *
 * @param to A URL or a path, which begins with `/`, `./`, `../`, `?`, `#` or `scheme://`; otherwise the name of a
 * route.
 * @throws {NoReverseMatch} if no route with this name has these parameters.
 * @throws {TypeError} for unknown options, and for `params` without the name of a route.
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-location
 *
 * @example
 * import { redirect } from 'startproject/http';
 * import { path } from 'startproject/urls';
 *
 * export const urlpatterns = [
 *   path('articles/<int:id>/', (_request, { id }) => new Response(`Article ${id}`), { name: 'article' }),
 *   path('newest/', () => redirect('article', { params: { id: 7 } })),
 *   path('old/', () => redirect('/articles/7/', { permanent: true })),
 * ];
 */
export function redirect(
  to: string | URL,
  options: RedirectOptions = {},
  ...more: readonly never[]
): Response {
  const call = `redirect('${to}')`;
  const rules = { params: 'object', permanent: 'anything', preserveRequest: 'anything' } as const;
  checkOptions(call, rules, [options, ...more], '{ params: { id: 1 } }, { permanent: true } or both in one');
  const { params, permanent = false, preserveRequest = false } = options;
  const isReference = typeof to !== 'string' || REFERENCE.test(to);
  if (isReference && params !== undefined) {
    throw new TypeError(`${call} has params, but the target is a URL. Only the name of a route has params.`);
  }
  const location = isReference ? encoded(String(to)) : reverse(to as string, params);
  const [lasting, passing] = preserveRequest ? [308, 307] : [301, 302];
  const init = { status: permanent ? lasting : passing, headers: { location } };
  return new LightResponse(null, init) as unknown as Response;
}

/**
 * Percent-encodes characters that browsers remove (tabs, line ends) or read as a slash (`\`). Otherwise they could turn
 * a path into another host.
 */
function encoded(url: string): string {
  return ownPath(url.replace(/\p{Surrogate}/gu, '\ufffd').replace(/[^\x21-\x7e]+|\\/g, encodeURIComponent));
}
