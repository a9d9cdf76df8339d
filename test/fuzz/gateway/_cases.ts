import type { GatewayProtocolName } from '../../../src/servers/gateway/gateway-options.ts';
import { scgiHead } from '../../servers/scgi/_scgi.ts';
import { uwsgiPacket } from '../../servers/uwsgi/_uwsgi.ts';
import { type FuzzCase, type Leaving, split } from '../_case.ts';
import type { FuzzedProtocol } from '../_fuzz.ts';
import { mutate } from '../_mutations.ts';
import { Random } from '../_random.ts';
import { checkResponses, type Received, type Verdict } from '../_responses.ts';
import { type FuzzedCodec, SCGI, UWSGI } from './_codecs.ts';
import { FCGI, fcgiRecords, interleave } from './_fcgi.ts';
import { randomVariables, type Variables } from './_variables.ts';

const CODECS: Readonly<Record<GatewayProtocolName, FuzzedCodec>> = { fcgi: FCGI, scgi: SCGI, uwsgi: UWSGI };
/** What the fuzzed application answers to, without what has no end or breaks off. */
const PATHS = [
  'array',
  'async',
  'stream',
  'echo',
  'part',
  'early',
  'write',
  'throw',
  'empty',
  'none',
  'large',
  'view',
];
const BREAKING = ['break', 'short'];
const MOST_REQUESTS = 4;
const STDOUT = 6;
const END_REQUEST = 3;

interface GatewayRequest {
  readonly variables: Variables;
  readonly body: Buffer;
  readonly mayBreakOff: boolean;
}

/** The cases of a gateway protocol, for a server that runs. */
export function gatewayProtocol(name: GatewayProtocolName): FuzzedProtocol {
  return {
    makeCase: (seed, index) => makeCase(name, seed, index),
    check: (...found) => check(name, ...found),
  };
}

function makeCase(name: GatewayProtocolName, seed: number, index: number): FuzzCase {
  const random = new Random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  const isClean = random.chance(0.4);
  const count = name === 'fcgi' && random.chance(0.5) ? 1 + random.below(MOST_REQUESTS) : 1;
  const ids = Array.from({ length: count }, (_, i) => `c${index}r${i}`);
  const requests = ids.map((id) => makeRequest(random, id, isClean));
  const sound = encode(name, random, requests);
  const leaving: Leaving = random.chance(0.5)
    ? 'waits'
    : random.pick<Leaving>(['half-closes', 'goes', 'resets']);
  return {
    index,
    ids,
    breaking: ids.filter((_, i) => requests[i]!.mayBreakOff),
    isClean,
    pieces: split(random, isClean ? sound : mutate(random, sound, CODECS[name].tokens)),
    pauseMs: random.chance(0.1) ? 1 + random.below(30) : 0,
    isDeaf: random.chance(0.05),
    leaving,
  };
}

function makeRequest(random: Random, id: string, isClean: boolean): GatewayRequest {
  const isBreaking = random.chance(0.05);
  const path = `/${random.pick(isBreaking ? BREAKING : PATHS)}`;
  const body = Buffer.from('a=b&'.repeat(random.chance(0.02) ? 40_000 : random.below(40)));
  const facts: Variables = [
    ['CONTENT_LENGTH', String(body.length)],
    ['SCGI', '1'],
    ['REQUEST_METHOD', random.pick(['GET', 'POST', 'HEAD', 'PUT'])],
    ['REQUEST_URI', `${path}?id=${id}`],
    ['HTTP_HOST', 'fuzz'],
  ];
  const more = isClean ? [] : randomVariables(random, 0).slice(4);
  return { variables: [...facts, ...more], body, mayBreakOff: isBreaking };
}

function encode(name: GatewayProtocolName, random: Random, requests: readonly GatewayRequest[]): Buffer {
  if (name === 'fcgi') {
    const keep = random.chance(0.5) || requests.length > 1;
    return Buffer.concat(
      interleave(
        random,
        requests.map(({ variables, body }, i) => fcgiRecords(random, i + 1, variables, body, keep)),
      ),
    );
  }
  const [{ variables, body }] = requests as [GatewayRequest];
  return Buffer.concat([name === 'scgi' ? scgiHead(variables) : uwsgiPacket(variables), body]);
}

/** What is wrong with what a web server got: each request is answered by itself, in any order. */
function check(name: GatewayProtocolName, fuzzCase: FuzzCase, { text, isWhole }: Received): Verdict {
  const { ids, isClean, leaving } = fuzzCase;
  // The end of what is sent is the end of the web server, and one response that breaks off may end its connection.
  const mayMiss = !isWhole || leaving !== 'waits' || fuzzCase.breaking.length > 0;
  const responses = name === 'fcgi' ? readRecords(text) : [{ id: 1, text, isWhole: !mayMiss }];
  if (responses === undefined)
    return {
      statuses: [],
      problems: [`what came is not a sequence of records: ${JSON.stringify(text.slice(0, 200))}`],
    };
  const verdicts = responses.map((response) => {
    const id = ids[response.id - 1] ?? '';
    const received = { text: response.text.replace(/^Status: /, 'HTTP/1.1 '), isWhole: response.isWhole };
    return checkResponses({ ...fuzzCase, ids: [id], breaking: mayMiss ? [id] : [] }, received);
  });
  const problems = verdicts.flatMap((verdict) => verdict.problems);
  if (isClean && !mayMiss && responses.length !== ids.length)
    problems.push(`${responses.length} responses to ${ids.length} requests`);
  return { statuses: verdicts.flatMap(({ statuses }) => statuses), problems };
}

interface GatewayResponse extends Received {
  /** Of the request, which a web server may use again when the response is whole. */
  readonly id: number;
}

/** The responses in the records of a server. Undefined for what is not a sequence of records. */
function readRecords(text: string): GatewayResponse[] | undefined {
  const responses: GatewayResponse[] = [];
  const open = new Map<number, string>();
  let at = 0;
  while (at + 8 <= text.length) {
    const byte = (offset: number) => text.charCodeAt(at + offset);
    if (text.startsWith('\0'.repeat(8), at)) break; // a response that broke off
    if (byte(0) !== 1) return undefined;
    const type = byte(1);
    const id = byte(2) * 256 + byte(3);
    const length = byte(4) * 256 + byte(5);
    const soFar = open.get(id) ?? '';
    if (type === STDOUT) open.set(id, soFar + text.slice(at + 8, at + 8 + length));
    if (type === END_REQUEST) {
      if (soFar !== '') responses.push({ id, text: soFar, isWhole: true });
      open.delete(id);
    }
    at += 8 + length + byte(6);
  }
  for (const [id, soFar] of open) responses.push({ id, text: soFar, isWhole: false });
  return responses;
}
