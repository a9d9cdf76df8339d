import { collapseLeadingSlashes, decodePath, withoutTrailingSlashes } from '../../wsgi/environ/cgi-names.ts';

/** The mount point of the site, and the path below it. Each latin-1 character is a byte. */
interface RequestPaths {
  readonly scriptName: string;
  readonly pathInfo: string;
}

/** The CGI variables that a web server has sent. */
export type Variables = ReadonlyMap<string, string>;

/** Apache's form for the script of a request that it forwards: `proxy:fcgi://127.0.0.1:9000/path`. */
const PROXIED_FILE = /^proxy:\w+:\/\/[^/]*(\/[^?]*)/s;
const TARGET_PATH = /^(?:https?:\/\/[^/?#]*)?([^?#]*)/i;

/**
 * Computes SCRIPT_NAME and PATH_INFO as PEP 3333 defines them from the variables that web servers send.
 *
 * A path of the server has priority over REQUEST_URI, which is the path before rewriting and normalization: the server
 * has applied its own rules, such as access control, to the normalized path.
 *
 * @param forced FORCE_SCRIPT_NAME as bytes
 */
export function requestPaths(given: Variables, forced: string | undefined): RequestPaths {
  const asked = askedPath(given);
  const paths = tellApart(given, asked);
  const { scriptName, pathInfo } = forced === undefined ? paths : below(forced, paths, asked);
  return { scriptName, pathInfo: pathInfo === '' && scriptName === '' ? '/' : pathInfo };
}

/** The path that the client has requested, if the server sends it. */
function askedPath(given: Variables): string | undefined {
  const target = given.get('REQUEST_URI');
  if (target) return absolute(decodePath(TARGET_PATH.exec(target)![1]!));
  // Apache's mod_rewrite keeps the original path in one of these variables, decoded.
  const original = given.get('SCRIPT_URL') || given.get('REDIRECT_URL');
  return original ? absolute(original) : undefined;
}

function tellApart(given: Variables, asked: string | undefined): RequestPaths {
  const script = given.get('SCRIPT_NAME') === '*' ? '' : absolute(given.get('SCRIPT_NAME') ?? '');
  const info = absolute(given.get('PATH_INFO') ?? '');
  if (info === '') return withoutInfo(given, script, asked);
  const mount = withoutTrailingSlashes(script);
  if (mount === '' || asked === undefined || isSame(asked, mount + info)) return pair(mount, info);
  // Cases with an equal PATH_INFO and requested path: SCRIPT_NAME was set by hand; or it is also the whole path; or it
  // is a script that the client did not request, such as `/mysite.fcgi`, which the server has put before the path.
  if (isSame(asked, info)) {
    const rest = script === info ? undefined : restBelow(info, mount);
    return rest === undefined ? pair('', info) : pair(mount, rest);
  }
  if (restBelow(plain(asked), mount) === undefined && asked.endsWith(info))
    return pair(withoutTrailingSlashes(asked.slice(0, -info.length)), info);
  return pair(mount, info);
}

/**
 * Handles a missing PATH_INFO. If no file is a script, most servers send the whole path as SCRIPT_NAME and no
 * PATH_INFO.
 */
function withoutInfo(given: Variables, script: string, asked: string | undefined): RequestPaths {
  if (script === '') return pair('', absolute(given.get('DOCUMENT_URI') ?? '') || asked || '/');
  // With `ProxyPass "/app" "fcgi://127.0.0.1:9000"`, this is the path below `/app`.
  const proxied = PROXIED_FILE.exec(given.get('SCRIPT_FILENAME') ?? '')?.[1];
  if (proxied !== undefined) {
    if (/^\/+$/.test(proxied) && !script.endsWith('/')) return pair(script, '');
    // With `AllowEncodedSlashes NoDecode` the path is encoded, otherwise it is decoded.
    const ends = [proxied, decodePath(proxied)].map(collapseLeadingSlashes);
    const rest = ends.find((end) => script.endsWith(end));
    if (rest !== undefined) return pair(script.slice(0, -rest.length), rest);
  }
  if (asked === undefined || isSame(asked, script)) return pair('', script);
  const mount = withoutTrailingSlashes(script);
  const rest = restBelow(plain(asked), mount);
  return rest === undefined ? pair('', script) : pair(mount, rest);
}

/** Moves the part of the path below the forced SCRIPT_NAME to PATH_INFO, unless the server has done so. */
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

/** Normalizes a path as servers do: without empty segments and dot segments. */
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

/** Makes a path that is not empty begin with one slash. `*` is not a path: `OPTIONS *` asks about the server. */
function absolute(path: string): string {
  if (path === '' || path === '*') return path;
  return path.startsWith('/') ? collapseLeadingSlashes(path) : `/${path}`;
}

function pair(scriptName: string, pathInfo: string): RequestPaths {
  return { scriptName, pathInfo };
}
