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
      'A target of any form is PATH_INFO: `a/b`, `?a=b`, `ftp://host/`, `host:80`, `/a#b`, bytes beyond ASCII.',
    ours: 'Refused: a target is a path, an `http:` or `https:` URL without a user, or `*`, in ASCII and without a fragment.',
    reason: 'RFC 9112, section 3.2. PATH_INFO is empty or starts with a slash, and applications rely on it.',
    covers: refusing(
      /^the target (\?a=b|http:\/\/user@.*|ftp:.*|other.org:80|a\/b|\*|.*#.*|.*[\x80-\xff].*|)$/,
    ),
  },
  {
    wsgiref: 'A URL as the target (absolute-form) is PATH_INFO as a whole.',
    ours: 'It is taken apart: its path is PATH_INFO, and its host counts more than the Host header.',
    reason: 'RFC 9112, section 3.2.2. Proxies and some clients send it.',
    covers: ({ request, key }) =>
      /^the target https?:/i.test(request) && ['PATH_INFO', 'QUERY_STRING', 'HTTP_HOST'].includes(key),
  },
  {
    wsgiref: '`OPTIONS *` goes to the application, with the PATH_INFO `*`.',
    ours: 'The server answers it with 200 and no body.',
    reason: 'RFC 9110, section 9.3.7: it asks about the server. PATH_INFO starts with a slash.',
    covers: ({ request }) => request === 'OPTIONS *',
  },
  {
    wsgiref: 'CONNECT goes to the application.',
    ours: 'Refused.',
    reason: 'It asks for a tunnel, which an application can’t give.',
    covers: refusing(/^CONNECT/),
  },
  {
    wsgiref: 'HTTP/1.1 without a Host, two Hosts, and a malformed Host, pass.',
    ours: 'Refused.',
    reason: 'RFC 9112, section 3.2. Two servers may take them for requests to two sites.',
    covers: refusing(/^(HTTP\/1.1 without Host|two Hosts|the host .*[\x80-\xff].*)$/),
  },
  {
    wsgiref: 'HTTP/0.9 is answered, and HTTP/1.2 taken for HTTP/1.1.',
    ours: 'Refused, as is every version but 1.0 and 1.1.',
    reason: 'Nobody sends them but those who look for servers that read them in two ways.',
    covers: refusing(/^(HTTP\/1.2|no version|the target )$/),
  },
  {
    wsgiref: 'Any word is a method.',
    ours: 'Refused, unless it is one of Node’s `http.METHODS`, in capitals.',
    reason: 'Node’s parser knows these alone. They are all that are registered, and PURGE.',
    covers: refusing(/^a (method that nobody knows|lower-case method)$/),
  },
  {
    wsgiref: 'Two or odd Content-Lengths, and two Content-Types, pass: the first counts.',
    ours: 'Refused.',
    reason: 'RFC 9112, section 6.3: request smuggling.',
    covers: refusing(/^Content-(Type: a\r\n|Length: (\+0|0\r\n))/),
  },
  {
    wsgiref: 'A folded header is joined, and a control character in a value passes.',
    ours: 'Refused.',
    reason: 'RFC 9112, section 5.2, and RFC 9110, section 5.5: request smuggling.',
    covers: refusing(/^X-(Folded|Control)/),
  },
  {
    wsgiref: 'Transfer-Encoding is not read: of a chunked body the application sees nothing.',
    ours: 'Chunks are decoded, `wsgi.input` ends where they end, and another coding is refused.',
    reason: 'PEP 3333, “Other HTTP Features”. What is left unread would be the next request.',
    covers: (difference) =>
      refusing(/^Transfer-Encoding: gzip/)(difference) ||
      (difference.request === 'a chunked body' && difference.key === 'test.body'),
  },
  {
    wsgiref: 'Cookie headers that came apart are joined by a comma.',
    ours: 'By `; `.',
    reason: 'RFC 6265, section 5.4: a comma may be part of a cookie’s value.',
    covers: ({ key }) => key === 'HTTP_COOKIE',
  },
  {
    wsgiref: 'Other headers that came more than once are joined by a comma.',
    ours: 'By a comma and a space.',
    reason: 'The Fetch standard joins them so, and with it every `Headers` object.',
    covers: ({ request, key }) =>
      /^(X-Empty: \r\n|Accept: )/.test(request) && /^HTTP_(ACCEPT|X_EMPTY)$/.test(key),
  },
  {
    wsgiref: 'A header whose name has an underscore is in the environ, joined to that with a hyphen.',
    ours: 'It is dropped.',
    reason: '`X_Forwarded_For` would pass for what the proxy in front has set.',
    covers: ({ request }) => request.startsWith('X_'),
  },
  {
    wsgiref: 'The header Proxy is HTTP_PROXY.',
    ours: 'It is dropped.',
    reason: 'Libraries take HTTP_PROXY for the proxy of outgoing requests (httpoxy.org).',
    covers: ({ key }) => key === 'HTTP_PROXY',
  },
  {
    wsgiref: 'A header named like a variable, Remote-Addr, is dropped.',
    ours: 'It is HTTP_REMOTE_ADDR, like any other.',
    reason: 'RFC 3875, section 4.1.18. It can’t be mistaken for REMOTE_ADDR.',
    covers: ({ key }) => key === 'HTTP_REMOTE_ADDR' || key === 'HTTP_SERVER_NAME',
  },
  {
    wsgiref: 'Without the headers, CONTENT_TYPE is `text/plain` and CONTENT_LENGTH empty.',
    ours: 'They are left out.',
    reason: 'PEP 3333, “environ Variables”: they may be empty or missing, and nobody has said `text/plain`.',
    covers: ({ key, ours }) => /^CONTENT_(TYPE|LENGTH)$/.test(key) && ours === undefined,
  },
  {
    wsgiref: 'SERVER_NAME is what the resolver makes of the address that is listened on.',
    ours: 'The address that the client connected to, or what `serverName` says.',
    reason: 'No name service is asked, and a server that listens on all addresses says which it was.',
    covers: ({ key }) => key === 'SERVER_NAME',
  },
  {
    wsgiref: 'The environment of the process is in every environ.',
    ours: 'It is not; there is `process.env`.',
    reason: 'It holds secrets, which pages for errors show and logs keep.',
    covers: ({ key }) => key === 'A_VARIABLE_OF_THE_PROCESS',
  },
  {
    wsgiref: 'GATEWAY_INTERFACE, SERVER_SOFTWARE and an empty REMOTE_HOST are set.',
    ours: 'They are not; REMOTE_PORT is, and `wsgi.input_terminated`, which is true.',
    reason:
      'PEP 3333 asks for none of the three. The two tell proxies’ clients apart and where the input ends.',
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
