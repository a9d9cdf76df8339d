import type { Difference } from './_environ-comparison.ts';

/** A difference from CPython's wsgiref that is meant to be, as it stands in docs/wsgi.md. */
export interface PermittedDifference {
  readonly wsgiref: string;
  readonly ours: string;
  readonly reason: string;
  covers(difference: Difference): boolean;
}

export const PERMITTED: readonly PermittedDifference[] = [
  {
    wsgiref:
      'A target in any form becomes PATH_INFO: `a/b`, `?a=b`, `ftp://host/`, `host:80`, `/a#b`, bytes outside ASCII.',
    ours: 'Refused. A target is a path, an `http:` or `https:` URL without a user, or `*`; it is ASCII and has no fragment.',
    reason:
      'RFC 9112, section 3.2. PATH_INFO is empty or begins with a slash, and applications rely on this.',
    covers: refusing(
      /^the target (\?a=b|http:\/\/user@.*|ftp:.*|other.org:80|a\/b|\*|.*#.*|.*[\x80-\xff].*|)$/,
    ),
  },
  {
    wsgiref: 'If the target is a URL (absolute-form), the whole URL becomes PATH_INFO.',
    ours: 'The path of the URL becomes PATH_INFO. Its host takes precedence over the Host header.',
    reason: 'RFC 9112, section 3.2.2. Proxies and some clients send it.',
    covers: ({ request, key }) =>
      /^the target https?:/i.test(request) && ['PATH_INFO', 'QUERY_STRING', 'HTTP_HOST'].includes(key),
  },
  {
    wsgiref: '`OPTIONS *` goes to the application, with the PATH_INFO `*`.',
    ours: 'The server answers it with 200 and no body.',
    reason: 'RFC 9110, section 9.3.7: the request is about the server. PATH_INFO begins with a slash.',
    covers: ({ request }) => request === 'OPTIONS *',
  },
  {
    wsgiref: 'CONNECT goes to the application.',
    ours: 'Refused.',
    reason: 'CONNECT requests a tunnel. An application cannot provide one.',
    covers: refusing(/^CONNECT/),
  },
  {
    wsgiref: 'A request with HTTP/1.1 without Host, with two Hosts, or with a malformed Host is accepted.',
    ours: 'Refused.',
    reason: 'RFC 9112, section 3.2. Two servers could read it as requests to two different sites.',
    covers: refusing(/^(HTTP\/1.1 without Host|two Hosts|the host .*[\x80-\xff].*)$/),
  },
  {
    wsgiref: 'HTTP/0.9 is answered, and HTTP/1.2 is handled as HTTP/1.1.',
    ours: 'Refused, as is every version except 1.0 and 1.1.',
    reason: 'No normal client sends them. Attackers use them, because servers read them differently.',
    covers: refusing(/^(HTTP\/1.2|no version|the target )$/),
  },
  {
    wsgiref: 'Every word is accepted as a method.',
    ours: 'Refused, unless it is one of Node’s `http.METHODS`, in upper case.',
    reason: 'Node’s parser knows only these: all registered methods, and PURGE.',
    covers: refusing(/^a (method that nobody knows|lower-case method)$/),
  },
  {
    wsgiref:
      'A malformed Content-Length, two Content-Lengths or two Content-Types are accepted. The first one is used.',
    ours: 'Refused.',
    reason: 'RFC 9112, section 6.3: request smuggling.',
    covers: refusing(/^Content-(Type: a\r\n|Length: (\+0|0\r\n))/),
  },
  {
    wsgiref: 'A folded header is joined. A control character in a value is accepted.',
    ours: 'Refused.',
    reason: 'RFC 9112, section 5.2, and RFC 9110, section 5.5: request smuggling.',
    covers: refusing(/^X-(Folded|Control)/),
  },
  {
    wsgiref: 'Transfer-Encoding is ignored: the application gets an empty body for a chunked request.',
    ours: 'Chunks are decoded, and `wsgi.input` ends after the last one. Other codings are refused.',
    reason: 'PEP 3333, “Other HTTP Features”. Unread bytes would be read as the next request.',
    covers: (difference) =>
      refusing(/^Transfer-Encoding: gzip/)(difference) ||
      (difference.request === 'a chunked body' && difference.key === 'test.body'),
  },
  {
    wsgiref: 'Several Cookie headers are joined with a comma.',
    ours: 'With `; `.',
    reason: 'RFC 6265, section 5.4: the value of a cookie can contain a comma.',
    covers: ({ key }) => key === 'HTTP_COOKIE',
  },
  {
    wsgiref: 'Other headers with the same name are joined with a comma.',
    ours: 'With a comma and a space.',
    reason: 'The Fetch standard and every `Headers` object do the same.',
    covers: ({ request, key }) =>
      /^(X-Empty: \r\n|Accept: )/.test(request) && /^HTTP_(ACCEPT|X_EMPTY)$/.test(key),
  },
  {
    wsgiref:
      'A header with an underscore in its name is in the environ. It is joined with the header that has a hyphen there.',
    ours: 'It is dropped.',
    reason: '`X_Forwarded_For` of a client would look like the `X-Forwarded-For` of the proxy.',
    covers: ({ request }) => request.startsWith('X_'),
  },
  {
    wsgiref: 'The header Proxy becomes HTTP_PROXY.',
    ours: 'It is dropped.',
    reason: 'Libraries read HTTP_PROXY as the proxy for outgoing requests (httpoxy.org).',
    covers: ({ key }) => key === 'HTTP_PROXY',
  },
  {
    wsgiref: 'A header with the name of a CGI variable, such as Remote-Addr, is dropped.',
    ours: 'It becomes HTTP_REMOTE_ADDR, as other headers do.',
    reason: 'RFC 3875, section 4.1.18. The name differs from REMOTE_ADDR.',
    covers: ({ key }) => key === 'HTTP_REMOTE_ADDR' || key === 'HTTP_SERVER_NAME',
  },
  {
    wsgiref: 'Without these headers, CONTENT_TYPE is `text/plain` and CONTENT_LENGTH is empty.',
    ours: 'They are left out.',
    reason:
      'PEP 3333, “environ Variables”: they may be empty or missing. The client did not send `text/plain`.',
    covers: ({ key, ours }) => /^CONTENT_(TYPE|LENGTH)$/.test(key) && ours === undefined,
  },
  {
    wsgiref: 'SERVER_NAME is the host name that the resolver returns for the listening address.',
    ours: 'SERVER_NAME is the option `serverName`, or else the address that the client connected to.',
    reason: 'No name lookup is needed, and it is correct for a server that listens on all addresses.',
    covers: ({ key }) => key === 'SERVER_NAME',
  },
  {
    wsgiref: 'The environment variables of the process are in every environ.',
    ours: 'They are not. Use `process.env`.',
    reason: 'They contain secrets, and an environ is shown on error pages and in logs.',
    covers: ({ key }) => key === 'A_VARIABLE_OF_THE_PROCESS',
  },
  {
    wsgiref: 'GATEWAY_INTERFACE, SERVER_SOFTWARE and an empty REMOTE_HOST are set.',
    ours: 'They are not set. REMOTE_PORT is set, and `wsgi.input_terminated` is true.',
    reason:
      'PEP 3333 requires none of the three. REMOTE_PORT distinguishes clients behind a proxy; the other one says that the input ends.',
    covers: ({ key }) =>
      /^(GATEWAY_INTERFACE|SERVER_SOFTWARE|REMOTE_HOST|REMOTE_PORT|wsgi.input_terminated)$/.test(key),
  },
];

export function isPermitted(difference: Difference): boolean {
  return PERMITTED.some((permitted) => permitted.covers(difference));
}

/** Requests that are answered with an error, or by a connection that is closed without a word. */
function refusing(requests: RegExp): (difference: Difference) => boolean {
  return ({ request, key, ours }) =>
    requests.test(request) && key === 'status' && /^([45]\d\d)?$/.test(String(ours));
}
