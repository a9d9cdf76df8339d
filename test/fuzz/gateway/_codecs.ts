import { HeadBytes } from '../../../src/servers/gateway/head-bytes.ts';
import { HttpRefusal } from '../../../src/servers/http/request/refusal.ts';
import { ScgiHeadReader, scgiHeadSize } from '../../../src/servers/scgi/scgi-head.ts';
import { readUwsgiHeader, UwsgiPacketReader } from '../../../src/servers/uwsgi/uwsgi-packet.ts';
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

const readScgi = comparing(() => new ScgiHeadReader());
const readUwsgi = comparing(() => new UwsgiPacketReader());

export const SCGI: FuzzedCodec = {
  name: 'scgi',
  tokens: ['0', '9', ':', ',', '\0', '-1', '99999:', 'CONTENT_LENGTH\0', 'SCGI\x001\0', 'GET / '].map(
    toBytes,
  ),
  build: (random) => buildOne(random, scgiHead),
  decode(pieces) {
    const head = new HeadBytes((bytes) => scgiHeadSize(bytes, HEAD_LIMIT));
    return decodeOne(head, pieces, readScgi);
  },
};

export const UWSGI: FuzzedCodec = {
  name: 'uwsgi',
  tokens: ['\0', '\0\0', '\xff\xff', '\0\xff', '\x64\0\0\0', '\x05', '\x01\0A\x01\0B', 'GET / '].map(toBytes),
  build: (random) => buildOne(random, uwsgiPacket),
  decode(pieces) {
    const head = new HeadBytes((bytes) => readUwsgiHeader(bytes, HEAD_LIMIT)?.size);
    return decodeOne(head, pieces, readUwsgi);
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

/** A reader that remembers what came before, as that of a server does, and finds what one without memory finds. */
function comparing(create: () => { read(head: Buffer): Variables }): (head: Buffer) => Variables {
  const remembering = create();
  return (head) => {
    const expected = outcomeOf(() => create().read(head));
    const found = outcomeOf(() => remembering.read(head));
    if (JSON.stringify(found) !== JSON.stringify(expected))
      throw new Error(`Found ${JSON.stringify(found)}, and without memory ${JSON.stringify(expected)}.`);
    if (found instanceof Error) throw found;
    return found;
  };
}

function outcomeOf(read: () => Variables): Variables | HttpRefusal {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof HttpRefusal)) throw error;
    return error;
  }
}

function toBytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
