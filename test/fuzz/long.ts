/**
 * Fuzzes a server for as long as wanted, and exits with 1 when it finds a fault. Needs a build.
 *
 *     node test/fuzz/long.ts [--target serve|runserver|noreload|fcgi|scgi|uwsgi] [--requests 1000000] [--seed 1] [--node PATH]
 *     node test/fuzz/long.ts --seed 1 --only 1234      plays one case again, and shows what came
 */

import { parseArgs } from 'node:util';
import { play } from './_client.ts';
import { fuzz, HTTP } from './_fuzz.ts';
import { Target, type TargetName } from './_target.ts';
import { gatewayProtocol } from './gateway/_cases.ts';

const { values } = parseArgs({
  options: {
    target: { type: 'string', default: 'serve' },
    requests: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    first: { type: 'string', default: '0' },
    concurrency: { type: 'string', default: '150' },
    node: { type: 'string', default: process.execPath },
    only: { type: 'string' },
  },
});

const { target: name } = values;
const isGateway = name === 'fcgi' || name === 'scgi' || name === 'uwsgi';
const protocol = isGateway ? gatewayProtocol(name) : HTTP;
const ends: (() => void | Promise<void>)[] = [];
const print = (text: string) => process.stdout.write(`${text}\n`);
try {
  const target = await Target.start(name as TargetName, values.node, (end) => ends.push(end));
  process.exitCode = values.only === undefined ? await run(target) : await showOne(target, values.only);
} finally {
  for (const end of ends.reverse()) await end();
}

async function run(target: Target): Promise<number> {
  const startedAt = performance.now();
  const report = await fuzz(target, {
    seed: Number(values.seed),
    requests: Number(values.requests),
    first: Number(values.first),
    concurrency: Number(values.concurrency),
    protocol,
    batch: 20_000,
    onBatch({ requests, connections }, { memory, resident }) {
      const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
      const sizes = `heap ${(memory / 2 ** 20).toFixed(1)} MiB, resident ${(resident / 2 ** 20).toFixed(0)} MiB`;
      print(`${requests} requests on ${connections} connections, ${seconds} s, ${sizes}`);
    },
  });
  if (!(await target.stop())) report.failures.push('the server did not end as it should');
  print(JSON.stringify(report, null, 2));
  if (report.failures.length > 0) print(target.log.slice(-4_000));
  return report.failures.length > 0 ? 1 : 0;
}

async function showOne(target: Target, index: string): Promise<number> {
  const fuzzCase = protocol.makeCase(Number(values.seed), Number(index));
  print(`${fuzzCase.leaving}, ${fuzzCase.pauseMs} ms between ${fuzzCase.pieces.length} pieces`);
  for (const piece of fuzzCase.pieces) print(JSON.stringify(piece.toString('latin1')));
  const received = await play(fuzzCase, target.port);
  print(JSON.stringify(received, null, 2));
  print(JSON.stringify(await target.rest(), null, 2));
  print(target.log);
  return 0;
}
