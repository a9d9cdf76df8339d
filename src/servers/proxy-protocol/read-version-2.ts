import { SocketAddress } from 'node:net';
import { type ProxiedEnd, type ProxyHeader, ProxyHeaderError } from './proxy-header.ts';

/** No other protocol begins with these bytes. */
export const SIGNATURE: Buffer = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
/** The bytes of the signature, the version and command, the family, and the length. */
const FIXED_BYTES = 16;
const VERSION = 2;
const LOCAL = 0;
const PROXY = 1;
const GROUP_BYTES = 2;

/**
 * The bytes before the value of a TLV field after the addresses: its type, and the length of its value in two bytes.
 */
const TLV_FIXED_BYTES = 3;
const PP2_TYPE_SSL = 0x20;
/** A bit of the first byte of PP2_TYPE_SSL: the client has connected by TLS. */
const PP2_CLIENT_SSL = 0x01;

/**
 * Address families for stream transports, as one byte, each with the size of an address. IP addresses are followed by
 * ports.
 */
const UNSPECIFIED = 0x00;
const FAMILIES: ReadonlyMap<number, { readonly bytes: number; readonly format?: (bytes: Buffer) => string }> =
  new Map([
    [0x11, { bytes: 4, format: formatIPv4 }],
    [0x21, { bytes: 16, format: formatIPv6 }],
    [0x31, { bytes: 108 }],
  ]);

/**
 * Reads a header of version 2. Of the fields after the addresses, only the TLS field is read.
 *
 * @param bytes begin with the signature
 * @returns undefined while the header is incomplete
 * @throws {ProxyHeaderError}
 */
export function readVersion2(bytes: Buffer): ProxyHeader | undefined {
  if (bytes.length < FIXED_BYTES) return undefined;
  const [versionAndCommand = 0, family = 0] = bytes.subarray(SIGNATURE.length);
  const command = versionAndCommand & 0x0f;
  if (versionAndCommand >> 4 !== VERSION || command > PROXY) {
    throw new ProxyHeaderError('The PROXY header has an unknown version or command.');
  }
  const kind = FAMILIES.get(family);
  if (command === PROXY && kind === undefined && family !== UNSPECIFIED) {
    throw new ProxyHeaderError('The PROXY header has an unknown address family.');
  }
  const length = FIXED_BYTES + bytes.readUInt16BE(SIGNATURE.length + 2);
  const portBytes = kind?.format === undefined ? 0 : 2;
  if (command === PROXY && kind !== undefined && length < FIXED_BYTES + 2 * (kind.bytes + portBytes)) {
    throw new ProxyHeaderError('The PROXY header is shorter than its addresses.');
  }
  if (bytes.length < length) return undefined;
  if (command === LOCAL || kind === undefined)
    return { length, source: undefined, destination: undefined, isSecure: false };
  const ports = FIXED_BYTES + 2 * kind.bytes;
  const endAt = (place: number): ProxiedEnd => {
    const start = FIXED_BYTES + place * kind.bytes;
    if (kind.format === undefined) return { address: undefined, port: undefined };
    const address = kind.format(bytes.subarray(start, start + kind.bytes));
    return { address, port: bytes.readUInt16BE(ports + place * portBytes) };
  };
  const isSecure = saysTls(bytes.subarray(ports + 2 * portBytes, length));
  return { length, source: endAt(0), destination: endAt(1), isSecure };
}

/** A truncated field is ignored. */
function saysTls(extensions: Buffer): boolean {
  let start = 0;
  while (start + TLV_FIXED_BYTES < extensions.length) {
    const end = start + TLV_FIXED_BYTES + extensions.readUInt16BE(start + 1);
    if (extensions[start] === PP2_TYPE_SSL && start + TLV_FIXED_BYTES < end && end <= extensions.length)
      return (extensions[start + TLV_FIXED_BYTES]! & PP2_CLIENT_SSL) !== 0;
    start = end;
  }
  return false;
}

function formatIPv4(bytes: Buffer): string {
  return bytes.join('.');
}

/** Formats an address in the same way as Node does for its sockets. */
function formatIPv6(bytes: Buffer): string {
  const groups = Array.from({ length: bytes.length / GROUP_BYTES }, (_, i) =>
    bytes.readUInt16BE(i * GROUP_BYTES).toString(16),
  );
  return new SocketAddress({ address: groups.join(':'), family: 'ipv6' }).address;
}
