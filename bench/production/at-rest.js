import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { processesOf } from '../_measure.js';
import { launch } from './servers.js';

/** What a worker takes that has started and answered once, beside one of node:cluster. Linux only. */
export async function atRest({ folder, node }) {
  const rows = [];
  for (const [name, asked] of [
    ['runwsgi', '< 60 (PSS)'],
    ['cluster, shared', ''],
  ]) {
    const server = await launch(name, { folder, node, workers: 1 });
    try {
      await sleep(2_000);
      const parent = server.child.pid;
      const [worker] = processesOf(parent).filter((pid) => pid !== parent);
      const { Pss, Rss, Private_Dirty } = memoryOfProcess(worker);
      rows.push([
        `${name}: a worker at rest, MiB: PSS / RSS / its own alone`,
        `${Pss} / ${Rss} / ${Private_Dirty}`,
        asked,
      ]);
    } finally {
      await server.end();
    }
  }
  return rows;
}

/** In MiB. What processes have in common, such as Node's own file, counts for each in RSS, and a share in PSS. */
function memoryOfProcess(pid) {
  const lines = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1').matchAll(/^(\w+):\s+(\d+) kB/gm);
  return Object.fromEntries(Array.from(lines, ([, name, kib]) => [name, Math.round(kib / 1024)]));
}
