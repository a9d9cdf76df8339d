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
      'There are more variables than with HTTP, such as REQUEST_URI, DOCUMENT_ROOT, SCRIPT_FILENAME, REQUEST_SCHEME, SERVER_ADDR, SERVER_SOFTWARE, and PATH from Apache.',
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
      'REMOTE_USER is the name in the Authorization header, or empty. It is checked only if the web server is configured to.',
    reason: 'They send it with each request. Do not trust it if the web server does not ask for a password.',
    covers: ({ key }, way) => isGateway(way) && key === 'REMOTE_USER',
  },
  {
    ways: 'FastCGI, SCGI, uwsgi',
    difference:
      'PATH_INFO is normalized: `/a//b` is `/a/b`, `/a/../b` is `/b`, and `%2F` is an ordinary slash. HAProxy does not change `//` and `..`. With Apache’s `AllowEncodedSlashes NoDecode` it stays `%2F`.',
    reason:
      'The web server applied its rules, such as access rules, to this path. The application must see the same path.',
    covers: ({ request, key }, way) =>
      isGateway(way) && key === 'PATH_INFO' && /^the target .*(\/\/|\/\.|%2F)/i.test(request),
  },
  {
    ways: 'FastCGI, SCGI, uwsgi',
    difference: 'HTTP_HOST is in lower case and has no port.',
    reason:
      'nginx’s parameters set it to `$host`. If you need the port, set HTTP_HOST to `$http_host` after them.',
    covers: ({ key, ours, theirs }, way) =>
      isGateway(way) && key === 'HTTP_HOST' && String(ours).toLowerCase().replace(/:\d+$/, '') === theirs,
  },
  {
    ways: 'SCGI, uwsgi',
    difference: 'SERVER_NAME is `localhost` if the web server has no name.',
    reason: 'Its parameters do not contain the address that the client connected to. Set `server_name`.',
    covers: ({ key, theirs }, way) =>
      /scgi|uwsgi/.test(way) && key === 'SERVER_NAME' && theirs === 'localhost',
  },
  {
    ways: 'SCGI, lighttpd, HAProxy, Caddy',
    difference: 'CONTENT_LENGTH is 0 for a request without a body.',
    reason: 'SCGI requires it in each request, and these servers send it with FastCGI too.',
    covers: ({ key, ours, theirs }, way) =>
      isGateway(way) && key === 'CONTENT_LENGTH' && ours === undefined && theirs === '0',
  },
  {
    ways: 'FastCGI, SCGI, uwsgi',
    difference: 'An empty Content-Type is left out.',
    reason: 'Web servers send an empty CONTENT_TYPE if there is none.',
    covers: ({ key, ours }, way) => isGateway(way) && key === 'CONTENT_TYPE' && ours === '',
  },
  {
    ways: 'all',
    difference: 'A chunked body has a CONTENT_LENGTH, and no HTTP_TRANSFER_ENCODING.',
    reason: 'nginx collects the body first. With FastCGI, `fastcgi_request_buffering off` changes this.',
    covers: ({ request, key }) =>
      request === 'a chunked body' && /^(CONTENT_LENGTH|HTTP_TRANSFER_ENCODING)$/.test(key),
  },
  {
    ways: 'all',
    difference: 'A header is dropped if its name has characters other than letters, digits and hyphens.',
    reason: '`ignore_invalid_headers` of nginx.',
    covers: ({ request, theirs }) => /^X[.-][!D]/.test(request) && theirs === undefined,
  },
  {
    ways: 'nginx proxy_pass',
    difference:
      'There is no HTTP_CONNECTION. There are X-Forwarded-For and X-Forwarded-Proto. SERVER_PORT is the port of `runwsgi`, SERVER_PROTOCOL is HTTP/1.1.',
    reason: 'nginx sends its own request, on a connection that it keeps open.',
    covers: ({ key }, way) =>
      way === 'nginx proxy_pass' &&
      /^(HTTP_CONNECTION|HTTP_X_FORWARDED_(FOR|PROTO)|SERVER_PORT|SERVER_PROTOCOL)$/.test(key),
  },
  {
    ways: 'nginx proxy_pass',
    difference: 'If the target is a URL, the host comes from the Host header.',
    reason: 'nginx passes on `$http_host`. The guide for nginx sets it so that the port is kept.',
    covers: ({ request, key, theirs }, way) =>
      way === 'nginx proxy_pass' &&
      key === 'HTTP_HOST' &&
      /target https?:/i.test(request) &&
      theirs === 'example.org',
  },
  {
    ways: 'FastCGI, SCGI, uwsgi',
    difference:
      'Accepted: targets with non-ASCII bytes or a fragment, methods that Node does not know, a second Content-Type.',
    reason:
      'nginx passes them on. They cannot be mistaken for another request, since the web server has parsed the request.',
    covers: ({ request, key, ours, theirs }, way) =>
      isGateway(way) &&
      key === 'status' &&
      ours === '400' &&
      theirs === undefined &&
      /^(the target .*([\x80-\xff]|#)|a method that nobody knows|Content-Type: a\r\n)/.test(request),
  },
  {
    ways: 'all',
    difference: 'Accepted: the target `ftp://other.org/` and HTTP/1.2.',
    reason: 'nginx reads the path of every URL, and accepts every HTTP version 1.x.',
    covers: ({ request, key, theirs }) =>
      key === 'status' && theirs === undefined && /^(the target ftp:.*|HTTP\/1\.2)$/.test(request),
  },
  {
    ways: 'all',
    difference: 'Refused: `%00`, a `%` without a number, an empty Host, `OPTIONS *`.',
    reason: 'nginx answers 400 before it passes anything on.',
    covers: ({ request, key, theirs }) =>
      key === 'status' &&
      theirs === '400' &&
      /^(the target \/(%00|%|%4|%zz|100%.*)|the host |OPTIONS \*|HTTP\/1.0 without Host)$/.test(request),
  },
  {
    ways: 'all',
    difference: 'CONNECT and HTTP/0.9 have different responses.',
    reason: 'nginx answers them, or the response has no head.',
    covers: ({ request, key }) => key === 'status' && /^(CONNECT.*|no version)$/.test(request),
  },
  {
    ways: 'Apache, lighttpd, HAProxy, Caddy',
    difference:
      'SERVER_NAME is the host of the Host header. With Apache and Caddy, SERVER_PORT is its port, or 80.',
    reason: 'They name the server like this. Check hosts with ALLOWED_HOSTS.',
    covers: ({ key }, way) => isOther(way) && /^SERVER_(NAME|PORT)$/.test(key),
  },
  {
    ways: 'Apache, Caddy',
    difference: 'Several Cookie headers are joined with a comma, as all headers of the same name.',
    reason: 'The web server joins them.',
    covers: ({ key }, way) => /^(apache|caddy)/.test(way) && /^HTTP_(COOKIE|X_EMPTY)$/.test(key),
  },
  {
    ways: 'lighttpd, Caddy',
    difference:
      'A header with an underscore in its name is accepted, and joined with the header that has a hyphen. With lighttpd, dots and other signs too.',
    reason:
      'The web server makes the variables, so `X_Forwarded_For` counts as X-Forwarded-For. Let the web server remove headers that you trust.',
    covers: ({ key }, way) => /^(lighttpd|caddy)/.test(way) && /^HTTP_X(_|[.!])/.test(key),
  },
  {
    ways: 'lighttpd',
    difference: 'A header without a value is dropped.',
    reason: 'A rule of lighttpd.',
    covers: ({ key }, way) => way.startsWith('lighttpd') && key === 'HTTP_X_EMPTY',
  },
  {
    ways: 'HAProxy, Caddy',
    difference:
      'There is no HTTP_CONNECTION. With Caddy there are X-Forwarded-For, -Proto and -Host, an empty User-Agent, and a CONTENT_TYPE for each body.',
    reason: 'They send their own request.',
    covers: ({ key }, way) =>
      /^(haproxy|caddy)/.test(way) &&
      /^(HTTP_CONNECTION|HTTP_X_FORWARDED_(FOR|PROTO|HOST)|HTTP_USER_AGENT|CONTENT_TYPE)$/.test(key),
  },
  {
    ways: 'Apache, HAProxy, Caddy',
    difference:
      'An empty Host is left out. With Apache, the host of an `https:` URL comes from the Host header.',
    reason: 'They send no host if there is none.',
    covers: ({ request, key }, way) =>
      isOther(way) && key === 'HTTP_HOST' && /^the (host |target https:.*)$/.test(request),
  },
  {
    ways: 'Apache, lighttpd, HAProxy, Caddy',
    difference:
      'They refuse other requests, with other statuses. Apache answers 411 to a chunked body with SCGI and uwsgi.',
    reason: 'They parse the request themselves.',
    covers: ({ key }, way) => isOther(way) && key === 'status',
  },
];

function isOther(way: Way): boolean {
  return !way.startsWith('nginx');
}

export function isGateway(way: Way): boolean {
  return way !== 'nginx proxy_pass';
}
