/**
 * Fuzzes the codecs of the gateway protocols for as long as wanted, and exits with 1 when it finds a fault. The servers
 * over sockets are fuzzed by `node test/fuzz/long.ts --target fcgi`.
 *
 *     node test/fuzz/gateway/long.ts [--protocol fcgi|scgi|uwsgi] [--inputs 1000000] [--seed 1]
 *     node test/fuzz/gateway/long.ts --protocol scgi --seed 1 --only 1234      shows one input
 */

import { parseArgs } from 'node:util';
import { SCGI, UWSGI } from './_codecs.ts';
import { collectedHeap } from './_collected-heap.ts';
import { FCGI } from './_fcgi.ts';
import { fuzzCodec, makeInput } from './_fuzz-codec.ts';

const BATCH = 100_000;
/** Caches, and a heap in pieces. */
const GROWTH_BYTES = 16 * 1024 * 1024;

const { values } = parseArgs({
  options: {
    protocol: { type: 'string' },
    inputs: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
});
const seed = Number(values.seed);
const print = (text: string) => process.stdout.write(`${text}\n`);

for (const codec of [FCGI, SCGI, UWSGI]) {
  if (values.protocol !== undefined && values.protocol !== codec.name) continue;
  if (values.only !== undefined) {
    for (const piece of makeInput(codec, seed, Number(values.only)).pieces)
      print(JSON.stringify(piece.toString('latin1')));
    continue;
  }
  let warm: number | undefined;
  for (let first = 0; first < Number(values.inputs); first += BATCH) {
    const { failures, outcomes, environs } = fuzzCodec(codec, { seed, first, inputs: BATCH });
    const heap = collectedHeap();
    warm ??= heap;
    if (heap - warm > GROWTH_BYTES) failures.push(`the heap has grown by ${heap - warm} bytes`);
    const mib = (heap / 2 ** 20).toFixed(1);
    print(
      `${codec.name}: ${first + BATCH} inputs, heap ${mib} MiB, ${environs} environs, ${JSON.stringify(outcomes)}`,
    );
    for (const failure of failures) print(failure);
    if (failures.length > 0) process.exitCode = 1;
  }
}
