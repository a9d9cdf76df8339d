// Clients send the same few names again and again, and making a name costs more than all else an environ takes.
// Emptied when full, so that made-up names can't fill it for good.
const CACHE_SIZE = 512;
const CACHED_NAME_LENGTH = 64;
const cgiNames = new Map<string, string | undefined>();

/**
 * The key of a request header in an environ, `HTTP_USER_AGENT` for `User-Agent`; `undefined` for a header that
 * an application must not see. These are names with an underscore, which could pass for another header's
 * (`X_Real_IP`), and `Proxy`, which could pass for the variable HTTP_PROXY (https://httpoxy.org).
 */
export function cgiName(header: string): string | undefined {
  const known = cgiNames.get(header);
  if (known !== undefined || cgiNames.has(header)) return known;
  const name = toCgiName(header);
  if (header.length > CACHED_NAME_LENGTH) return name;
  if (cgiNames.size === CACHE_SIZE) cgiNames.clear();
  cgiNames.set(header, name);
  return name;
}

function toCgiName(header: string): string | undefined {
  if (header.includes('_')) return undefined;
  const name = header.toUpperCase().replaceAll('-', '_');
  if (name === 'PROXY') return undefined;
  return name === 'CONTENT_TYPE' || name === 'CONTENT_LENGTH' ? name : `HTTP_${name}`;
}

/** The value of a header that came more than once, as the Fetch standard joins it. */
export function joinValues(cgiName: string, first: string, second: string): string {
  return `${first}${cgiName === 'HTTP_COOKIE' ? '; ' : ', '}${second}`;
}

/** Decodes percent signs to bytes, each a latin-1 character, as PEP 3333 wants PATH_INFO. What is no escape stays. */
export function decodePath(path: string): string {
  if (!path.includes('%')) return path;
  return path.replace(/%([0-9a-f]{2})/gi, (_escape, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}

const SLASH = 47;

/** So that an application which redirects to its own path can't be made to redirect to `//another.host`. */
export function collapseLeadingSlashes(path: string): string {
  return path.charCodeAt(1) === SLASH ? path.replace(/^\/+/, '/') : path;
}

/** A path that others are put behind. A regular expression would take the square of the slashes to find no end. */
export function withoutTrailingSlashes(path: string): string {
  let end = path.length;
  while (path.charCodeAt(end - 1) === SLASH) end -= 1;
  return path.slice(0, end);
}
