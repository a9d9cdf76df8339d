import { collapseLeadingSlashes, decodePath, withoutTrailingSlashes } from '../../wsgi/environ/cgi-names.ts';

/** Where the site is mounted, and the path below that. Bytes, each a latin-1 character. */
interface RequestPaths {
  readonly scriptName: string;
  readonly pathInfo: string;
}

/** CGI variables as a web server has sent them. */
export type Variables = ReadonlyMap<string, string>;

/** How Apache names the script of a request that it passes on: `proxy:fcgi://127.0.0.1:9000/path`. */
const PROXIED_FILE = /^proxy:\w+:\/\/[^/]*(\/[^?]*)/s;
const TARGET_PATH = /^(?:https?:\/\/[^/?#]*)?([^?#]*)/i;

/**
 * SCRIPT_NAME and PATH_INFO as PEP 3333 wants them, of what web servers send in their place.
 *
 * A path that the server has sent counts more than REQUEST_URI, which is the path before the server's rewriting, and
 * before it was made plain: the server's own rules, such as those of access, were for the plain path.
 *
 * @param forced FORCE_SCRIPT_NAME as bytes
 */
export function requestPaths(given: Variables, forced: string | undefined): RequestPaths {
  const asked = askedPath(given);
  const paths = tellApart(given, asked);
  const { scriptName, pathInfo } = forced === undefined ? paths : below(forced, paths, asked);
  return { scriptName, pathInfo: pathInfo === '' && scriptName === '' ? '/' : pathInfo };
}

/** The path that the client asked for, where the server tells. */
function askedPath(given: Variables): string | undefined {
  const target = given.get('REQUEST_URI');
  if (target) return absolute(decodePath(TARGET_PATH.exec(target)![1]!));
  // Apache's mod_rewrite keeps the path from before in one of these, decoded.
  const original = given.get('SCRIPT_URL') || given.get('REDIRECT_URL');
  return original ? absolute(original) : undefined;
}

function tellApart(given: Variables, asked: string | undefined): RequestPaths {
  const script = given.get('SCRIPT_NAME') === '*' ? '' : absolute(given.get('SCRIPT_NAME') ?? '');
  const info = absolute(given.get('PATH_INFO') ?? '');
  if (info === '') return withoutInfo(given, script, asked);
  const mount = withoutTrailingSlashes(script);
  if (mount === '' || asked === undefined || isSame(asked, mount + info)) return pair(mount, info);
  // SCRIPT_NAME is set by hand beside a PATH_INFO that is the whole path; or it is the whole path as well, or a script
  // that the client did not ask for: `/mysite.fcgi`, which the server has put before the path.
  if (isSame(asked, info)) {
    const rest = script === info ? undefined : restBelow(info, mount);
    return rest === undefined ? pair('', info) : pair(mount, rest);
  }
  if (restBelow(plain(asked), mount) === undefined && asked.endsWith(info))
    return pair(withoutTrailingSlashes(asked.slice(0, -info.length)), info);
  return pair(mount, info);
}

/** Most servers send no PATH_INFO where no script is a file, and the whole path as SCRIPT_NAME. */
function withoutInfo(given: Variables, script: string, asked: string | undefined): RequestPaths {
  if (script === '') return pair('', absolute(given.get('DOCUMENT_URI') ?? '') || asked || '/');
  // With `ProxyPass "/app" "fcgi://127.0.0.1:9000"` this is the path below that.
  const proxied = PROXIED_FILE.exec(given.get('SCRIPT_FILENAME') ?? '')?.[1];
  if (proxied !== undefined) {
    if (/^\/+$/.test(proxied) && !script.endsWith('/')) return pair(script, '');
    // As it was sent, with `AllowEncodedSlashes NoDecode`, or else decoded.
    const ends = [proxied, decodePath(proxied)].map(collapseLeadingSlashes);
    const rest = ends.find((end) => script.endsWith(end));
    if (rest !== undefined) return pair(script.slice(0, -rest.length), rest);
  }
  if (asked === undefined || isSame(asked, script)) return pair('', script);
  const mount = withoutTrailingSlashes(script);
  const rest = restBelow(plain(asked), mount);
  return rest === undefined ? pair('', script) : pair(mount, rest);
}

/** Moves what lies below the forced SCRIPT_NAME to PATH_INFO, unless the server has done that already. */
function below(
  forced: string,
  { scriptName, pathInfo }: RequestPaths,
  asked: string | undefined,
): RequestPaths {
  const isWhole = asked !== undefined && isSame(asked, scriptName + pathInfo);
  const path = isWhole ? scriptName + pathInfo : pathInfo;
  const isStripped = asked !== undefined && !isWhole && isSame(asked, forced + path);
  return pair(forced, isStripped ? path : (restBelow(path, forced) ?? path));
}

/** The part of a path below a mount point, in whole segments; undefined for a path outside of it. */
function restBelow(path: string, mount: string): string | undefined {
  if (!path.startsWith(mount)) return undefined;
  const rest = path.slice(mount.length);
  return rest === '' || rest.startsWith('/') ? rest : undefined;
}

function isSame(one: string, other: string): boolean {
  return one === other || plain(one) === plain(other);
}

/** A path as servers make it plain: no empty segments, none of dots. */
function plain(path: string): string {
  if (!path.includes('//') && !path.includes('/.')) return path;
  const segments: string[] = [];
  const all = path.split('/').slice(1);
  for (const [i, segment] of all.entries()) {
    const isLast = i === all.length - 1;
    if (segment === '..') segments.pop();
    const isDots = segment === '.' || segment === '..';
    if (isDots || segment === '') {
      if (isLast) segments.push('');
    } else {
      segments.push(segment);
    }
  }
  return `/${segments.join('/')}`;
}

/** A path that is not empty begins with one slash. `*` is not a path: `OPTIONS *` asks about the server. */
function absolute(path: string): string {
  if (path === '' || path === '*') return path;
  return path.startsWith('/') ? collapseLeadingSlashes(path) : `/${path}`;
}

function pair(scriptName: string, pathInfo: string): RequestPaths {
  return { scriptName, pathInfo };
}
