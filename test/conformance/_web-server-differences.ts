import type { Difference } from './_environ-comparison.ts';

/** How a web server passes requests on. */
export type Way = 'nginx fastcgi_pass' | 'nginx scgi_pass' | 'nginx uwsgi_pass' | 'nginx proxy_pass';

/** What a web server makes of a request, other than a server of ours that gets it itself, as docs/deploy/environ.md has it. */
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
      'There are variables beside those of HTTP: REQUEST_URI, DOCUMENT_URI, DOCUMENT_ROOT, REQUEST_SCHEME, SERVER_ADDR, SERVER_SOFTWARE, GATEWAY_INTERFACE, REDIRECT_STATUS, SCGI.',
    reason: 'The configuration of the web server sends them. PEP 3333 allows more variables.',
    covers: ({ key, ours }, way) =>
      isGateway(way) &&
      ours === undefined &&
      /^(REQUEST_URI|DOCUMENT_(URI|ROOT)|REQUEST_SCHEME|SERVER_(ADDR|SOFTWARE)|GATEWAY_INTERFACE|REDIRECT_STATUS|SCGI)$/.test(
        key,
      ),
  },
  {
    ways: 'nginx fastcgi_pass',
    difference:
      'REMOTE_USER is the name in the Authorization header, and empty without one. Nobody has checked it, unless `auth_basic` is on.',
    reason: 'It is in nginx’s `fastcgi_params`. Leave it out there, or do not trust it.',
    covers: ({ key }, way) => way === 'nginx fastcgi_pass' && key === 'REMOTE_USER',
  },
  {
    ways: 'FastCGI, SCGI, uwsgi',
    difference:
      'PATH_INFO is plain: `/a//b` is `/a/b`, `/a/../b` is `/b`, and `%2F` is a slash as any other.',
    reason:
      'The rules of the web server, such as those of access, were for this path: the application must not see another.',
    covers: ({ request, key }, way) =>
      isGateway(way) && key === 'PATH_INFO' && /^the target .*(\/\/|\/\.|%2F)/.test(request),
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
    ways: 'SCGI',
    difference: 'CONTENT_LENGTH is 0 for a request without a body.',
    reason: 'SCGI has it with each request.',
    covers: ({ key, ours, theirs }, way) =>
      way === 'nginx scgi_pass' && key === 'CONTENT_LENGTH' && ours === undefined && theirs === '0',
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
];

export function isGateway(way: Way): boolean {
  return way !== 'nginx proxy_pass';
}
