import { withoutConnectionHeaders } from '../../wsgi/connection-headers.ts';
import type { Header } from '../../wsgi/types.ts';
import { LightHeaders } from './light-headers.ts';

const SET_COOKIE = 'set-cookie';

/** The methods that the Headers of some libraries have besides or instead of the standard ones. */
interface SomeHeaders extends Iterable<readonly [string, unknown]> {
  getSetCookie?(): readonly string[];
  raw?(): Readonly<Record<string, readonly string[]>>;
}

/** The headers of a response in the form of WSGI: pairs with names in lower case, and one pair for each Set-Cookie. */
export function responseHeaders(headers: Headers): Header[] {
  return withoutConnectionHeaders(LightHeaders.pairsOf(headers) ?? pairsOf(headers)) as Header[];
}

function pairsOf(headers: SomeHeaders): Header[] {
  const pairs: Header[] = [];
  let cookie: Header | undefined;
  for (const [name, value] of headers) {
    const pair: Header = [name.toLowerCase(), String(value)];
    if (pair[0] === SET_COOKIE) cookie = pair;
    else pairs.push(pair);
  }
  if (cookie === undefined) return pairs;
  // Cookies that are joined in one header are lost, and the iterators of some Headers join them.
  const cookies = headers.getSetCookie?.() ?? headers.raw?.()[SET_COOKIE] ?? [cookie[1]];
  for (const each of cookies) pairs.push([SET_COOKIE, each]);
  return pairs;
}

/** The headers without these names, which are in lower case. */
export function withoutHeaders(headers: readonly Header[], ...names: readonly string[]): Header[] {
  return headers.filter(([name]) => !names.includes(name));
}

/** @param wanted The name in lower case. */
export function headerValue(headers: readonly Header[], wanted: string): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
}
