import type { Random } from './_random.ts';

/** What parsers of HTTP have been led astray by. */
const TOKENS = [
  '\r\n',
  '\r',
  '\n',
  '\r\n\r\n',
  '\0',
  ' ',
  '\t',
  ':',
  ',',
  ';',
  '\x7f',
  '\x9b',
  '\xff',
  '0\r\n\r\n',
  'ffffffffffffffff\r\n',
  '-1',
  'GET / HTTP/1.1\r\n\r\n',
  'HTTP/1.1 200 OK\r\n\r\n',
  'HTTP/0.9',
  'HTTP/2.0',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\x16\x03\x01\x02\x00',
  'Content-Length: 0\r\n',
  'Content-Length: 99999999999\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding: identity\r\n',
  'Connection: close\r\n',
  'Connection: upgrade\r\nUpgrade: x\r\n',
  'Expect: 100-continue\r\n',
  'GET /__startproject__/live HTTP/1.1\r\nHost: x\r\n\r\n',
].map((text) => Buffer.from(text, 'latin1'));

type Mutation = (random: Random, bytes: Buffer, tokens: readonly Buffer[]) => Buffer;

const MUTATIONS: readonly Mutation[] = [
  function flipBit(random, bytes) {
    const flipped = Buffer.from(bytes);
    flipped[random.below(bytes.length)]! ^= 1 << random.below(8);
    return flipped;
  },
  function cut(random, bytes) {
    return bytes.subarray(0, random.below(bytes.length));
  },
  function remove(random, bytes) {
    const [start, end] = range(random, bytes);
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
  },
  function repeat(random, bytes) {
    const [start, end] = range(random, bytes);
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
  },
  function reorder(random, bytes) {
    const [start, middle] = range(random, bytes);
    const end = middle + random.below(Math.min(200, bytes.length - middle) + 1);
    const [before, first, second, behind] = [
      bytes.subarray(0, start),
      bytes.subarray(start, middle),
      bytes.subarray(middle, end),
      bytes.subarray(end),
    ];
    return Buffer.concat([before, second, first, behind]);
  },
  function insertToken(random, bytes, tokens) {
    return insert(random, bytes, random.pick(tokens));
  },
  function insertTokenAtLine(random, bytes, tokens) {
    const at = bytes.indexOf('\r\n', random.below(bytes.length)) + 2;
    return Buffer.concat([bytes.subarray(0, at), random.pick(tokens), bytes.subarray(at)]);
  },
  function insertBytes(random, bytes) {
    return insert(random, bytes, random.bytes(1 + random.below(20)));
  },
];

/** @param tokens what is put in at places */
export function mutate(random: Random, bytes: Buffer, tokens: readonly Buffer[] = TOKENS): Buffer {
  let mutated = bytes;
  do {
    if (mutated.length > 0) mutated = random.pick(MUTATIONS)(random, mutated, tokens);
  } while (random.chance(0.4));
  return mutated;
}

function range(random: Random, bytes: Buffer): [start: number, end: number] {
  const start = random.below(bytes.length);
  return [start, start + random.below(Math.min(200, bytes.length - start) + 1)];
}

function insert(random: Random, bytes: Buffer, inserted: Buffer): Buffer {
  const at = random.below(bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at)]);
}
