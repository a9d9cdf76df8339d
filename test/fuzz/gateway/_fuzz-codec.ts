import { GatewayEnvirons } from '../../../src/servers/gateway/environ.ts';
import { HttpRefusal } from '../../../src/servers/http/request/refusal.ts';
import { ErrorStream } from '../../../src/wsgi/environ/errors-stream.ts';
import { checkEnviron } from '../../../src/wsgi/validate/check-environ.ts';
import { mutate } from '../_mutations.ts';
import { Random } from '../_random.ts';
import type { Decoded, FuzzedCodec } from './_codecs.ts';
import type { Variables } from './_variables.ts';

export interface CodecFuzzOptions {
  readonly seed: number;
  readonly inputs: number;
  /** The first input, to play one that failed. @default 0 */
  readonly first?: number;
}

export interface CodecFuzzReport {
  /** How many inputs came out as requests, how many were refused, and how many were cut short. */
  readonly outcomes: Record<'requests' | 'refused' | 'incomplete', number>;
  /** How many requests made an environ. */
  environs: number;
  /** What must not be, with the input. */
  readonly failures: string[];
}

/** The bytes of one input in pieces, and what they must give where they are sound. */
export interface CodecInput {
  readonly bytes: Buffer;
  readonly pieces: readonly Buffer[];
  readonly expected: Decoded | undefined;
}

const MOST_FAILURES = 20;
/** An input is a few hundred bytes. One that takes longer shows time that grows with the square of it. */
const SLOW_MS = 5_000;
/** The body of each request. */
const NOTHING = { pull: () => null };
const DEFAULTS = { errors: new ErrorStream(() => {}), isMultiprocess: false };

/** The same input for the same seed and number. */
export function makeInput(codec: FuzzedCodec, seed: number, index: number): CodecInput {
  const random = new Random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  const { bytes, decoded } = codec.build(random);
  const isSound = random.chance(0.25);
  const sent = isSound ? bytes : mutate(random, bytes, codec.tokens);
  return { bytes: sent, pieces: split(random, sent), expected: isSound ? decoded : undefined };
}

/** Gives a codec what a seed says, and looks for what it must not do. */
export function fuzzCodec(codec: FuzzedCodec, options: CodecFuzzOptions): CodecFuzzReport {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0; // half of the inputs are refused, and stacks take half of the time
  try {
    return tryAll(codec, options);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function tryAll(codec: FuzzedCodec, { seed, inputs, first = 0 }: CodecFuzzOptions): CodecFuzzReport {
  const report: CodecFuzzReport = {
    outcomes: { requests: 0, refused: 0, incomplete: 0 },
    environs: 0,
    failures: [],
  };
  for (let index = first; index < first + inputs && report.failures.length < MOST_FAILURES; index++) {
    const input = makeInput(codec, seed, index);
    const startedAt = performance.now();
    const problem = tryInput(codec, input, report);
    const isSlow = performance.now() - startedAt > SLOW_MS;
    if (problem !== undefined) report.failures.push(`input ${index}: ${problem}`);
    else if (isSlow) report.failures.push(`input ${index}: it took more than ${SLOW_MS} ms`);
  }
  return report;
}

function tryInput(codec: FuzzedCodec, input: CodecInput, report: CodecFuzzReport): string | undefined {
  const inPieces = outcomeOf(() => codec.decode(input.pieces));
  const atOnce = outcomeOf(() => codec.decode([input.bytes]));
  for (const { fault } of [inPieces, atOnce]) if (fault !== undefined) return fault;
  // What was found may be known of the first piece, or only of more.
  if (JSON.stringify(inPieces.decoded) !== JSON.stringify(atOnce.decoded))
    return `in pieces it gave ${shown(inPieces)}, and at once ${shown(atOnce)}`;
  const { decoded, refusal } = inPieces;
  if (input.expected !== undefined && JSON.stringify(decoded) !== JSON.stringify(input.expected))
    return `expected ${shown(input.expected)}, and got ${shown(inPieces)}`;
  const kind = refusal === undefined ? (decoded!.requests.length > 0 ? 'requests' : 'incomplete') : 'refused';
  report.outcomes[kind] += 1;
  const requests = decoded?.requests ?? [];
  const ofConnection = requests.length > 1 ? new GatewayEnvirons() : undefined;
  for (const variables of requests) {
    const made = outcomeOf(() => environFault(variables));
    const forgotten = ofConnection && compareRemembered(ofConnection, variables);
    if (forgotten !== undefined) return forgotten;
    if (made.fault ?? made.decoded) return made.fault ?? made.decoded;
    if (made.refusal === undefined) report.environs += 1;
  }
  return undefined;
}

interface Outcome<T> {
  readonly decoded?: T;
  readonly refusal?: string;
  /** An error that no input may bring about. */
  readonly fault?: string;
}

function outcomeOf<T>(decode: () => T): Outcome<T> {
  try {
    return { decoded: decode() };
  } catch (error) {
    if (error instanceof HttpRefusal) return { refusal: error.message };
    return { fault: error instanceof Error ? String(error.stack) : String(error) };
  }
}

/** What the environ of a connection that remembers the requests before has other than one that is made by itself. */
function compareRemembered(environs: GatewayEnvirons, variables: Variables): string | undefined {
  const remembered = outcomeOf(() => JSON.stringify(environs.make(variables, NOTHING, DEFAULTS)));
  const fresh = outcomeOf(() => JSON.stringify(new GatewayEnvirons().make(variables, NOTHING, DEFAULTS)));
  if (remembered.decoded === fresh.decoded && remembered.fault === undefined) return undefined;
  return `behind the requests before it is ${shown(remembered)}, and by itself ${shown(fresh)}`;
}

/** What is wrong with the environ of these variables. */
function environFault(variables: Variables): string | undefined {
  const environ = new GatewayEnvirons().make(variables, NOTHING, DEFAULTS);
  let fault: string | undefined;
  const found = (_rule: string, what: string) => {
    fault = what;
  };
  checkEnviron(environ, { found } as never);
  if (Object.getPrototypeOf(environ) !== Object.prototype) return 'the environ has another prototype';
  return 'HTTP_PROXY' in environ ? 'the environ has HTTP_PROXY' : fault;
}

function split(random: Random, bytes: Buffer): Buffer[] {
  if (random.chance(0.05)) return Array.from(bytes, (byte) => Buffer.of(byte));
  const count = random.below(5);
  const cuts = Array.from({ length: count }, () => random.below(bytes.length + 1)).sort((a, b) => a - b);
  return [0, ...cuts].map((start, i) => bytes.subarray(start, cuts[i] ?? bytes.length));
}

function shown(value: unknown): string {
  return JSON.stringify(value).slice(0, 300);
}
