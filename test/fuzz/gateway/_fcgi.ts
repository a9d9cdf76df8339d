import { encodePairs, fastCgiPairReader } from '../../../src/servers/fastcgi/name-value-pairs.ts';
import { RecordReader } from '../../../src/servers/fastcgi/record-reader.ts';
import { HttpRefusal } from '../../../src/servers/http/request/refusal.ts';
import { begin, frame, PARAMS, STDIN } from '../../servers/fastcgi/_fastcgi.ts';
import type { Random } from '../_random.ts';
import type { Decoded, FuzzedCodec } from './_codecs.ts';
import { randomVariables, type Variables } from './_variables.ts';

const MOST_REQUESTS = 4;
const PARAMS_LIMIT = 8_192;

export const FCGI: FuzzedCodec = {
  name: 'fcgi',
  tokens: [
    '\x01\x01\0\x01\0\x08\0\0\0\x01\x01\0\0\0\0\0',
    '\x01\x02\0\x01\0\0\0\0',
    '\x01\x04\0\x01\0\0\0\0',
    '\x01\x05\0\x01\0\0\0\0',
    '\x01\x09\0\0\0\x10\0\0\x0e\0FCGI_MAX_CONNS',
    '\x01\xff\0\0\0\0\0\0',
    '\x80\0\0\0',
    '\xff\xff\xff\xff',
    '\x02',
    'GET / ',
  ].map((text) => Buffer.from(text, 'latin1')),
  build(random) {
    const count = random.chance(0.6) ? 1 : 1 + random.below(MOST_REQUESTS);
    const requests: { variables: Variables; body: Buffer }[] = [];
    for (let i = 0; i < count; i++) {
      const body = random.bytes(random.below(40));
      const before = random.chance(0.7) ? requests.at(-1)?.variables : undefined;
      requests.push({ variables: similarTo(random, before) ?? randomVariables(random, body.length), body });
    }
    const sent = requests.map(({ variables, body }, i) => fcgiRecords(random, i + 1, variables, body));
    const records = interleave(random, sent);
    // A request begins when its variables have come, whatever its id.
    const beginsAt = (i: number) => records.indexOf(sent[i]!.find(isEndOfParams)!);
    const order = requests.map((_, i) => i).sort((a, b) => beginsAt(a) - beginsAt(b));
    return {
      bytes: Buffer.concat(records),
      decoded: {
        requests: order.map((i) => requests[i]!.variables),
        bodyBytes: requests.reduce((sum, { body }) => sum + body.length, 0),
      },
    };
  },
  decode: decodeRecords,
};

/** The variables of a request like the one before on its connection, where what is known of that one is used again. */
function similarTo(random: Random, before: Variables | undefined): Variables | undefined {
  return before?.map((variable) => {
    if (random.chance(0.8)) return variable;
    const [name, value] = variable;
    return random.chance(0.5) ? [name, random.pick(['', ' a', 'b\t', '/c'])] : [`${name}X`, value];
  });
}

/** The records of a request, cut and padded as web servers may. */
export function fcgiRecords(
  random: Random,
  id: number,
  variables: Variables,
  body: Buffer,
  keep = true,
): Buffer[] {
  const padded = (type: number, content: Buffer) => frame(type, id, content, { padding: random.below(9) });
  const all = Buffer.from(encodePairs(variables), 'latin1');
  return [
    begin(id, { keep }),
    ...cut(random, all).map((part) => padded(PARAMS, part)),
    frame(PARAMS, id),
    ...cut(random, body).map((part) => padded(STDIN, part)),
    frame(STDIN, id),
  ];
}

/** The records of several requests, those of each in their order. */
export function interleave(random: Random, requests: readonly Buffer[][]): Buffer[] {
  const queues = requests.map((records) => [...records]);
  const merged: Buffer[] = [];
  for (let open = queues; open.length > 0; open = open.filter((queue) => queue.length > 0)) {
    const queue = random.pick(open);
    for (let i = 0, count = 1 + random.below(4); i < count && queue.length > 0; i++)
      merged.push(queue.shift()!);
  }
  return merged;
}

function isEndOfParams(record: Buffer): boolean {
  return record[1] === PARAMS && record.readUInt16BE(4) === 0;
}

/** In parts of which none is empty, and none longer than a record may be. */
function cut(random: Random, bytes: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = random.chance(0.3) ? 1 + random.below(20) : 8_000;
    parts.push(bytes.subarray(at, at + length));
    at += length;
  }
  return parts;
}

/** As far as the codec goes: what belongs to which request, but not what a server refuses. */
function decodeRecords(pieces: readonly Buffer[]): Decoded {
  const params = new Map<number, Buffer>();
  const requests: Variables[] = [];
  const pairs = fastCgiPairReader();
  let bodyBytes = 0;
  let current = { type: 0, id: 0, length: 0 };
  const reader = new RecordReader({
    recordBegan(type, id, length) {
      current = { type, id, length };
      if (type === 1) params.set(id, Buffer.alloc(0));
    },
    recordContent(bytes) {
      const before = params.get(current.id);
      if (current.type === STDIN) bodyBytes += bytes.length;
      if (current.type !== PARAMS || before === undefined) return;
      if (before.length + bytes.length > PARAMS_LIMIT) throw new HttpRefusal(431, 'too large');
      params.set(current.id, Buffer.concat([before, bytes]));
    },
    recordEnded() {
      const all = params.get(current.id);
      if (current.type !== PARAMS || current.length > 0 || all === undefined) return;
      params.delete(current.id);
      const variables = pairs.read(all);
      if (variables === undefined) throw new HttpRefusal(400, 'cut off');
      requests.push(variables);
    },
    wrongVersion() {
      throw new HttpRefusal(400, 'another version');
    },
  });
  for (const piece of pieces) reader.read(piece);
  return { requests, bodyBytes };
}
