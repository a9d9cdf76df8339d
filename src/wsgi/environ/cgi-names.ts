import { BoundedMap } from '../bounded-map.ts';

// A cache: clients repeat a few names, and computing a name takes longer than the rest of an environ.
const CACHE_SIZE = 512;
const CACHED_NAME_LENGTH = 64;
const cgiNames = new BoundedMap<string, string | undefined>(CACHE_SIZE);
const headerNames = new BoundedMap<string, string | undefined>(CACHE_SIZE);

/**
 * The key of a request header in an environ, `HTTP_USER_AGENT` for `User-Agent`; `undefined` for a header that
 * an application must not see. These are names with an underscore, which could pass for another header's
 * (`X_Real_IP`), and `Proxy`, which could pass for the variable HTTP_PROXY (https://httpoxy.org).
 */
export function cgiName(header: string): string | undefined {
  return cached(cgiNames, header, toCgiName);
}

/** The header for a key of an environ, in lower case; `undefined` if the key is not that of a header. */
export function headerName(key: string): string | undefined {
  return cached(headerNames, key, toHeaderName);
}

type Names = BoundedMap<string, string | undefined>;

function cached(names: Names, from: string, convert: (from: string) => string | undefined) {
  const known = names.get(from);
  if (known !== undefined || names.has(from)) return known;
  const name = convert(from);
  if (from.length <= CACHED_NAME_LENGTH) names.set(from, name);
  return name;
}

function toCgiName(header: string): string | undefined {
  if (header.includes('_')) return undefined;
  const name = header.toUpperCase().replaceAll('-', '_');
  if (name === 'PROXY') return undefined;
  return name === 'CONTENT_TYPE' || name === 'CONTENT_LENGTH' ? name : `HTTP_${name}`;
}

function toHeaderName(key: string): string | undefined {
  if (key === 'CONTENT_TYPE' || key === 'CONTENT_LENGTH') return key.toLowerCase().replace('_', '-');
  return key.startsWith('HTTP_') ? key.slice('HTTP_'.length).toLowerCase().replaceAll('_', '-') : undefined;
}

/** The value of a repeated header, joined as in the Fetch standard. */
export function joinValues(cgiName: string, first: string, second: string): string {
  return `${first}${cgiName === 'HTTP_COOKIE' ? '; ' : ', '}${second}`;
}

/** Decodes percent-encoding to bytes, each a latin-1 character, as PEP 3333 requires for PATH_INFO. Invalid escapes stay. */
export function decodePath(path: string): string {
  if (!path.includes('%')) return path;
  return path.replace(/%([0-9a-f]{2})/gi, (_escape, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Converts a path from text, as in settings, to the form of an environ: its bytes in UTF-8. */
export function pathBytes(path: string): string {
  return String.fromCharCode(...new TextEncoder().encode(path));
}

const SLASH = 47;

/** Otherwise an application that redirects to its own path could redirect to `//another.host`. */
export function collapseLeadingSlashes(path: string): string {
  return path.charCodeAt(1) === SLASH ? path.replace(/^\/+/, '/') : path;
}

/** Removes slashes at the end. A regular expression would take quadratic time for many slashes elsewhere. */
export function withoutTrailingSlashes(path: string): string {
  let end = path.length;
  while (path.charCodeAt(end - 1) === SLASH) end -= 1;
  return path.slice(0, end);
}
