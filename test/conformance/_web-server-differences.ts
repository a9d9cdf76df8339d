import type { Difference } from './_environ-comparison.ts';

/** A web server and how it passes requests on: `nginx scgi_pass`, `apache uwsgi`. */
export type Way = string;

/** What a web server makes of a request, other than our HTTP server, as docs/deploy/environ.md has it. */
export interface WebServerDifference {
  readonly ways: string;
  readonly difference: string;
  readonly reason: string;
  covers(difference: Difference, way: Way): boolean;
}

export const WEB_SERVER_DIFFERENCES: readonly WebServerDifference[] = [
  {
    ways: 'FastCGI, SCGI, uwsgi',
    difference:
      'There are variables beside those of HTTP, such as REQUEST_URI, DOCUMENT_ROOT, SCRIPT_FILENAME, REQUEST_SCHEME, SERVER_ADDR, SERVER_SOFTWARE, and PATH from Apache.',
    reason: 'The configuration of the web server sends them. PEP 3333 allows more variables.',
    covers: ({ key, ours }, way) =>
      isGateway(way) &&
      ours === undefined &&
      /^(REQUEST_URI|DOCUMENT_(URI|ROOT)|REQUEST_SCHEME|SERVER_(ADDR|SOFTWARE|SIGNATURE|ADMIN)|GATEWAY_INTERFACE|REDIRECT_(STATUS|URI)|SCGI|SCRIPT_FILENAME|PATH_TRANSLATED|CONTEXT_(PREFIX|DOCUMENT_ROOT)|PATH|REMOTE_(HOST|IDENT)|AUTH_TYPE)$/.test(
        key,
      ),
  },
  {
    ways: 'nginx fastcgi_pass, HAProxy, Caddy',
    difference:
      'REMOTE_USER is the name in the Authorization header, and empty without one. Nobody has checked it, unless the web server is told to.',
    reason:
      'They send it with each request. Do not trust it where the web server does not ask for a password.',
    covers: ({ key }, way) => isGateway(way) && key === 'REMOTE_USER',
  },
  {
    ways: 'FastCGI, SCGI, uwsgi',
    difference:
      'PATH_INFO is plain: `/a//b` is `/a/b`, `/a/../b` is `/b`, and `%2F` is a slash as any other. HAProxy leaves `//` and `..` as they are. With Apache’s `AllowEncodedSlashes NoDecode` it stays `%2F`.',
    reason:
      'The rules of the web server, such as those of access, were for this path: the application must not see another.',
    covers: ({ request, key }, way) =>
      isGateway(way) && key === 'PATH_INFO' && /^the target .*(\/\/|\/\.|%2F)/i.test(request),
  },
  {
    ways: 'FastCGI, SCGI, uwsgi',
    difference: 'HTTP_HOST is in lower case and has no port.',
    reason:
      'nginx’s parameters set it to `$host`. Set HTTP_HOST to `$http_host` behind them if a port is needed.',
    covers: ({ key, ours, theirs }, way) =>
      isGateway(way) && key === 'HTTP_HOST' && String(ours).toLowerCase().replace(/:\d+$/, '') === theirs,
  },
  {
    ways: 'SCGI, uwsgi',
    difference: 'SERVER_NAME is `localhost` where the web server has no name.',
    reason: 'Its parameters tell nothing of the address that the client connected to. Set `server_name`.',
    covers: ({ key, theirs }, way) =>
      /scgi|uwsgi/.test(way) && key === 'SERVER_NAME' && theirs === 'localhost',
  },
  {
    ways: 'SCGI, lighttpd, HAProxy, Caddy',
    difference: 'CONTENT_LENGTH is 0 for a request without a body.',
    reason: 'SCGI has it with each request, and these servers have it by FastCGI too.',
    covers: ({ key, ours, theirs }, way) =>
      isGateway(way) && key === 'CONTENT_LENGTH' && ours === undefined && theirs === '0',
  },
  {
    ways: 'FastCGI, SCGI, uwsgi',
    difference: 'An empty Content-Type is left out.',
    reason: 'Web servers send CONTENT_TYPE also where there is none, and then it is empty.',
    covers: ({ key, ours }, way) => isGateway(way) && key === 'CONTENT_TYPE' && ours === '',
  },
  {
    ways: 'all',
    difference: 'A chunked body has a CONTENT_LENGTH, and no HTTP_TRANSFER_ENCODING.',
    reason: 'nginx collects it first. For FastCGI `fastcgi_request_buffering off` changes that.',
    covers: ({ request, key }) =>
      request === 'a chunked body' && /^(CONTENT_LENGTH|HTTP_TRANSFER_ENCODING)$/.test(key),
  },
  {
    ways: 'all',
    difference: 'Headers whose names have other characters than letters, digits and hyphens are dropped.',
    reason: '`ignore_invalid_headers` of nginx.',
    covers: ({ request, theirs }) => /^X[.-][!D]/.test(request) && theirs === undefined,
  },
  {
    ways: 'nginx proxy_pass',
    difference:
      'HTTP_CONNECTION is gone, there is X-Forwarded-For and X-Forwarded-Proto, SERVER_PORT is that of our server, SERVER_PROTOCOL is HTTP/1.1.',
    reason: 'nginx makes a request of its own on a connection that it keeps.',
    covers: ({ key }, way) =>
      way === 'nginx proxy_pass' &&
      /^(HTTP_CONNECTION|HTTP_X_FORWARDED_(FOR|PROTO)|SERVER_PORT|SERVER_PROTOCOL)$/.test(key),
  },
  {
    ways: 'nginx proxy_pass',
    difference: 'Where the target is a URL, the host is that of the Host header.',
    reason: 'nginx passes on `$http_host`, which its guide here sets so that a port is kept.',
    covers: ({ request, key, theirs }, way) =>
      way === 'nginx proxy_pass' &&
      key === 'HTTP_HOST' &&
      /target https?:/i.test(request) &&
      theirs === 'example.org',
  },
  {
    ways: 'FastCGI, SCGI, uwsgi',
    difference:
      'Targets with bytes beyond ASCII or a fragment, methods that Node does not know, and a second Content-Type pass.',
    reason:
      'nginx lets them pass, and they cannot be taken for another request: there is nothing to parse any more.',
    covers: ({ request, key, ours, theirs }, way) =>
      isGateway(way) &&
      key === 'status' &&
      ours === '400' &&
      theirs === undefined &&
      /^(the target .*([\x80-\xff]|#)|a method that nobody knows|Content-Type: a\r\n)/.test(request),
  },
  {
    ways: 'all',
    difference: 'The target `ftp://other.org/` and HTTP/1.2 pass.',
    reason: 'nginx reads the path of any URL, and any version 1 of HTTP.',
    covers: ({ request, key, theirs }) =>
      key === 'status' && theirs === undefined && /^(the target ftp:.*|HTTP\/1\.2)$/.test(request),
  },
  {
    ways: 'all',
    difference: '`%00`, a `%` before no number, an empty Host, and `OPTIONS *` are refused.',
    reason: 'nginx answers 400 before it passes anything on.',
    covers: ({ request, key, theirs }) =>
      key === 'status' &&
      theirs === '400' &&
      /^(the target \/(%00|%|%4|%zz|100%.*)|the host |OPTIONS \*|HTTP\/1.0 without Host)$/.test(request),
  },
  {
    ways: 'all',
    difference: 'CONNECT and HTTP/0.9 get other answers.',
    reason: 'They are nginx’s own, or have no head that shows who answered.',
    covers: ({ request, key }) => key === 'status' && /^(CONNECT.*|no version)$/.test(request),
  },
  {
    ways: 'Apache, lighttpd, HAProxy, Caddy',
    difference:
      'SERVER_NAME is the host of the Host header; by Apache and Caddy SERVER_PORT is its port, or 80.',
    reason: 'Their way to name a server. Check hosts by ALLOWED_HOSTS.',
    covers: ({ key }, way) => isOther(way) && /^SERVER_(NAME|PORT)$/.test(key),
  },
  {
    ways: 'Apache, Caddy',
    difference: 'Cookie headers that came apart are joined by a comma, as is any header that came twice.',
    reason: 'The web server has joined them before.',
    covers: ({ key }, way) => /^(apache|caddy)/.test(way) && /^HTTP_(COOKIE|X_EMPTY)$/.test(key),
  },
  {
    ways: 'lighttpd, Caddy',
    difference:
      'A header whose name has an underscore passes, and is joined to that with a hyphen; so do dots and signs by lighttpd.',
    reason:
      'The web server makes the variables. `X_Forwarded_For` passes for X-Forwarded-For: let it remove what you trust.',
    covers: ({ key }, way) => /^(lighttpd|caddy)/.test(way) && /^HTTP_X(_|[.!])/.test(key),
  },
  {
    ways: 'lighttpd',
    difference: 'A header without a value is dropped.',
    reason: 'lighttpd’s own rule.',
    covers: ({ key }, way) => way.startsWith('lighttpd') && key === 'HTTP_X_EMPTY',
  },
  {
    ways: 'HAProxy, Caddy',
    difference:
      'HTTP_CONNECTION is gone. By Caddy there is X-Forwarded-For, -Proto and -Host, an empty User-Agent, and a CONTENT_TYPE with each body.',
    reason: 'They make a request of their own.',
    covers: ({ key }, way) =>
      /^(haproxy|caddy)/.test(way) &&
      /^(HTTP_CONNECTION|HTTP_X_FORWARDED_(FOR|PROTO|HOST)|HTTP_USER_AGENT|CONTENT_TYPE)$/.test(key),
  },
  {
    ways: 'Apache, HAProxy, Caddy',
    difference:
      'An empty Host is left out; by Apache the host of an `https:` URL is that of the Host header.',
    reason: 'No host is sent where none is there.',
    covers: ({ request, key }, way) =>
      isOther(way) && key === 'HTTP_HOST' && /^the (host |target https:.*)$/.test(request),
  },
  {
    ways: 'Apache, lighttpd, HAProxy, Caddy',
    difference:
      'What is refused, and how, is their own: Apache answers a chunked body by SCGI and uwsgi with 411.',
    reason: 'They read the request, and pass on what they have understood.',
    covers: ({ key }, way) => isOther(way) && key === 'status',
  },
];

function isOther(way: Way): boolean {
  return !way.startsWith('nginx');
}

export function isGateway(way: Way): boolean {
  return way !== 'nginx proxy_pass';
}
