import { mutate } from './_mutations.ts';
import { Random } from './_random.ts';
import { buildRequest } from './_requests.ts';

/** How a client leaves, when it has sent what it has to send. */
export type Leaving =
  /** It reads until the server closes. */
  | 'waits'
  /** It closes its sending side and reads on. */
  | 'half-closes'
  /** It closes without reading. */
  | 'goes'
  | 'resets';

/** One connection: what a client sends in which pieces, and how it leaves. */
export interface FuzzCase {
  readonly index: number;
  /** Their ids, in the order in which they were sent. */
  readonly ids: readonly string[];
  /** Those of them whose responses may break off. */
  readonly breaking: readonly string[];
  /** Whether every byte is as it should be, so that a response must come for each request. */
  readonly isClean: boolean;
  readonly pieces: readonly Buffer[];
  /** How long the client waits between two pieces, in ms; 0 for one turn of the event loop. */
  readonly pauseMs: number;
  /** Whether it does not read until it has sent all. */
  readonly isDeaf: boolean;
  readonly leaving: Leaving;
}

const MOST_PIPELINED = 8;
/** A body that has stopped is waited for, a second for every 500 bytes that came of it. */
const MOST_WAITED_FOR = 5_000;

/** The same case for the same seed and index, so that one that failed can be played alone. */
export function makeCase(seed: number, index: number): FuzzCase {
  const random = new Random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  const count = random.chance(0.5) ? 1 : 1 + random.below(MOST_PIPELINED);
  const isClean = random.chance(0.4);
  const oddity = isClean ? 0 : 0.06;
  const requests = Array.from({ length: count }, (_, i) =>
    buildRequest(random, `c${index}r${i}`, i === count - 1, oddity),
  );
  let bytes = Buffer.concat(
    requests.map((request) =>
      isClean || random.chance(0.4) ? request.bytes : mutate(random, request.bytes),
    ),
  );
  if (!isClean && random.chance(0.3)) bytes = mutate(random, bytes) as Buffer<ArrayBuffer>;
  const chosen: Leaving = random.chance(0.6)
    ? 'half-closes'
    : random.pick<Leaving>(['waits', 'waits', 'goes', 'resets']);
  const isTooLong = chosen === 'waits' && !isClean && bytes.length > MOST_WAITED_FOR;
  return {
    index,
    ids: requests.map(({ id }) => id),
    breaking: requests.filter(({ mayBreakOff }) => mayBreakOff).map(({ id }) => id),
    isClean,
    pieces: split(random, bytes),
    pauseMs: random.chance(0.1) ? 1 + random.below(30) : 0,
    isDeaf: random.chance(0.05),
    leaving: isTooLong ? 'half-closes' : chosen,
  };
}

/** In pieces, of which some may be empty. */
export function split(random: Random, bytes: Buffer): Buffer[] {
  if (random.chance(0.6)) return [bytes];
  const count = 1 + random.below(6);
  const cuts = Array.from({ length: count }, () => random.below(bytes.length + 1)).sort((a, b) => a - b);
  return [0, ...cuts].map((start, i) => bytes.subarray(start, cuts[i] ?? bytes.length));
}
