/** What stays behind of many requests. */

import { burst } from '../_load.js';
import { descriptorsOf, memoryOf, processesOf } from '../_measure.js';
import { launch } from './servers.js';

const PART_SECONDS = 5;

/** Kept connections and new ones in turn, until there were enough requests. */
export async function endurance({ requests, folder, node }) {
  const server = await launch('runwsgi', { folder, node, workers: 2 });
  try {
    const { port, child } = server;
    const part = (headers = {}) => burst(port, { headers }, PART_SECONDS).requests;
    const state = () => ({
      memory: memoryOf(child.pid),
      descriptors: processesOf(child.pid).reduce((sum, pid) => sum + descriptorsOf(pid), 0),
      processes: processesOf(child.pid).length,
    });
    let done = part() + part({ Connection: 'close' }) + part();
    const before = state();
    const memories = [];
    let isSingle = false;
    while (done < requests) {
      done += part(isSingle ? { Connection: 'close' } : {});
      isSingle = !isSingle;
      memories.push(memoryOf(child.pid));
    }
    const after = state();
    return [
      ['requests', String(done)],
      [
        'memory after the first ones, at the most, and at the end, MiB',
        `${before.memory}, ${Math.max(...memories)}, ${after.memory}`,
        'no growth',
      ],
      [
        'descriptors of all processes, before and after',
        `${before.descriptors} and ${after.descriptors}`,
        'the same',
      ],
      ['processes, before and after', `${before.processes} and ${after.processes}`, 'the same'],
    ];
  } finally {
    await server.end();
  }
}
