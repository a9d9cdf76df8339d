import { type ProxyHeader, ProxyHeaderError } from './proxy-header.ts';
import { readVersion1 } from './read-version-1.ts';
import { readVersion2, SIGNATURE } from './read-version-2.ts';

export type ProxyVersion = 'v1' | 'v2';

const LINE_START = Buffer.from('PROXY ', 'latin1');

/**
 * Reads the header of the PROXY protocol, with which a proxy begins each connection
 * (https://www.haproxy.org/download/3.2/doc/proxy-protocol.txt).
 *
 * @param bytes all bytes of the connection so far
 * @param version the accepted version. @default both
 * @returns undefined while the header is incomplete
 * @throws {ProxyHeaderError} as soon as it is certain that the bytes are not a PROXY header
 */
export function readProxyHeader(bytes: Buffer, version?: ProxyVersion): ProxyHeader | undefined {
  if (version !== 'v2' && startsAlike(bytes, LINE_START)) {
    return bytes.length < LINE_START.length ? undefined : readVersion1(bytes);
  }
  if (version !== 'v1' && startsAlike(bytes, SIGNATURE)) {
    return bytes.length < SIGNATURE.length ? undefined : readVersion2(bytes);
  }
  const expected = version === undefined ? '' : ` ${version}`;
  throw new ProxyHeaderError(`The connection does not begin with a PROXY${expected} header.`);
}

/** Whether one of the two is a prefix of the other. */
function startsAlike(bytes: Buffer, start: Buffer): boolean {
  const length = Math.min(bytes.length, start.length);
  return bytes.compare(start, 0, length, 0, length) === 0;
}
