import type { IncomingMessage } from 'node:http';
import { isHost } from '../../../text/host-names.ts';
import type { Environ } from '../../../wsgi/types.ts';
import { describeVersion, HttpRefusal } from './refusal.ts';

// Node's parser checks the rest: Content-Length, line ends, names, control characters, the syntax of chunks.

const SLASH = 47;
const ABSOLUTE_FORM = /^https?:\/\/([^/?#@]+)([/?].*)?$/i;

/** The target of a request: the path with its query, and the host if the target contains one. */
interface RequestTarget {
  readonly local: string;
  readonly host: string | undefined;
}

export function checkVersion({ httpVersionMajor, httpVersion }: IncomingMessage): void {
  if (httpVersionMajor === 1) return;
  throw new HttpRefusal(505, describeVersion(httpVersion));
}

/** Parses the target in each form of RFC 9112 (section 3.2). No form has a fragment. */
export function parseTarget({ url = '', method }: IncomingMessage): RequestTarget {
  if (url.includes('#')) throw new HttpRefusal(400, 'A request target must not contain a fragment.');
  if (url.charCodeAt(0) === SLASH) return { local: url, host: undefined };
  if (url === '*' && method === 'OPTIONS') return { local: url, host: undefined };
  const [, host, rest = '/'] = ABSOLUTE_FORM.exec(url) ?? [];
  if (host === undefined) throw new HttpRefusal(400, 'A request target must be a path or an http: URL.');
  if (!isHost(host)) throw new HttpRefusal(400, 'The host in the request target is not a valid host.');
  return { host, local: rest.startsWith('?') ? `/${rest}` : rest };
}

/** Checks the headers that determine how a request is read. */
export function checkHeaders(environ: Environ, isHttp11: boolean): void {
  const { HTTP_HOST: host, HTTP_TRANSFER_ENCODING: coding, HTTP_EXPECT: expectation } = environ;
  checkHost(host, isHttp11);
  if (coding !== undefined) checkTransferEncoding(coding, isHttp11);
  if (expectation !== undefined && isHttp11 && expectation.toLowerCase() !== '100-continue') {
    throw new HttpRefusal(417, 'The only supported expectation is 100-continue.');
  }
}

/** Checks the Host header, which HTTP/1.1 requires. */
export function checkHost(host: string | undefined, isHttp11: boolean): void {
  if (host === undefined) {
    if (isHttp11) throw new HttpRefusal(400, 'An HTTP/1.1 request must have a Host header.');
  } else if (!isHost(host)) {
    throw new HttpRefusal(400, 'The Host header is not a valid host.');
  }
}

/** Node's parser decodes only `chunked`, and forwards bodies with other codings undecoded. */
function checkTransferEncoding(coding: string, isHttp11: boolean): void {
  if (!isHttp11) throw new HttpRefusal(400, 'Transfer-Encoding is not part of HTTP/1.0.');
  if (coding.toLowerCase() !== 'chunked')
    throw new HttpRefusal(501, 'The only supported Transfer-Encoding is chunked.');
}
