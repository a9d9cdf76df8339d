import { HeadBytes } from '../../../src/servers/gateway/head-bytes.ts';
import { parseScgiHead, scgiHeadSize } from '../../../src/servers/scgi/scgi-head.ts';
import { parseUwsgiVariables, readUwsgiHeader } from '../../../src/servers/uwsgi/uwsgi-packet.ts';
import { scgiHead } from '../../servers/scgi/_scgi.ts';
import { uwsgiPacket } from '../../servers/uwsgi/_uwsgi.ts';
import type { Random } from '../_random.ts';
import { randomVariables, type Variables } from './_variables.ts';

export const HEAD_LIMIT = 8_192;
const MOST_BODY_BYTES = 40;

/** What came out of a connection's bytes. */
export interface Decoded {
  /** One for each request. */
  readonly requests: readonly Variables[];
  readonly bodyBytes: number;
}

/** A codec, and what makes bytes for it. */
export interface FuzzedCodec {
  readonly name: string;
  /** Puts bytes in that mean something to it. */
  readonly tokens: readonly Buffer[];
  /** Sound bytes of a connection, and what is to come out of them. */
  build(random: Random): { readonly bytes: Buffer; readonly decoded: Decoded };
  /** Reads the bytes of a connection in pieces, as a server does. Throws `HttpRefusal`, and nothing else. */
  decode(pieces: readonly Buffer[]): Decoded;
}

export const SCGI: FuzzedCodec = {
  name: 'scgi',
  tokens: ['0', '9', ':', ',', '\0', '-1', '99999:', 'CONTENT_LENGTH\0', 'SCGI\x001\0', 'GET / '].map(
    toBytes,
  ),
  build: (random) => buildOne(random, scgiHead),
  decode(pieces) {
    const head = new HeadBytes((bytes) => scgiHeadSize(bytes, HEAD_LIMIT));
    return decodeOne(head, pieces, parseScgiHead);
  },
};

export const UWSGI: FuzzedCodec = {
  name: 'uwsgi',
  tokens: ['\0', '\0\0', '\xff\xff', '\0\xff', '\x64\0\0\0', '\x05', '\x01\0A\x01\0B', 'GET / '].map(toBytes),
  build: (random) => buildOne(random, uwsgiPacket),
  decode(pieces) {
    const head = new HeadBytes((bytes) => readUwsgiHeader(bytes, HEAD_LIMIT)?.size);
    return decodeOne(head, pieces, parseUwsgiVariables);
  },
};

/** A connection with one request. */
function buildOne(random: Random, encode: (variables: Variables) => Buffer) {
  const body = random.bytes(random.below(MOST_BODY_BYTES));
  const variables = randomVariables(random, body.length);
  return {
    bytes: Buffer.concat([encode(variables), body]),
    decoded: { requests: [variables], bodyBytes: body.length },
  };
}

function decodeOne(head: HeadBytes, pieces: readonly Buffer[], parse: (bytes: Buffer) => Variables): Decoded {
  let requests: readonly Variables[] = [];
  let bodyBytes = 0;
  for (const piece of pieces) {
    if (requests.length > 0) {
      bodyBytes += piece.length;
      continue;
    }
    const whole = head.add(piece);
    if (head.length > HEAD_LIMIT) throw new Error('More was held than a head may take.');
    if (whole === undefined) continue;
    requests = [parse(whole.head)];
    bodyBytes = whole.rest.length;
  }
  return { requests, bodyBytes };
}

function toBytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
