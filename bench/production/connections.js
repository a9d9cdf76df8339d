/** What many connections take from a server: idle ones, and slow ones. */

import { setTimeout as sleep } from 'node:timers/promises';
import { burst } from '../_load.js';
import { median, memoryOf } from '../_measure.js';
import { clients } from './load.js';
import { launch } from './servers.js';

const SLOW_CLIENTS = 1_000;
const HEADERS_TIMEOUT_S = 10;
const BURST_SECONDS = 2;

/** Connections that have had one answer each. */
export async function idle({ idle: count, folder, node }) {
  const rows = [];
  for (const [name, asked] of [
    ['runwsgi', '< 20'],
    ['cluster, shared', ''],
  ]) {
    const server = await launch(name, { folder, node, flags: ['--keep-alive', '75'] });
    try {
      burst(server.port, {}, BURST_SECONDS);
      await sleep(2_000);
      const before = memoryOf(server.child.pid);
      const idlers = await clients('idle-clients.js', { port: server.port, count });
      await sleep(1_000);
      const after = memoryOf(server.child.pid);
      const { closed } = await idlers.end();
      rows.push([
        `${name}: KiB for each of ${count - closed} connections`,
        (((after - before) * 1024) / count).toFixed(1),
        asked,
      ]);
    } finally {
      await server.end();
    }
  }
  return rows;
}

/** Others get their answers beside clients that send a byte a second. */
export async function slow({ rounds, folder, node }) {
  const flags = ['--headers-timeout', String(HEADERS_TIMEOUT_S)];
  const server = await launch('runwsgi', { folder, node, flags, isPinned: true });
  const rate = () => burst(server.port, {}, BURST_SECONDS).perSecond;
  try {
    rate();
    const ratios = [];
    const closed = [];
    const ages = [];
    for (let round = 0; round < Math.ceil(rounds / 5); round++) {
      const quiet = rate();
      const slowClients = await clients('slow-clients.js', { port: server.port, count: SLOW_CLIENTS });
      await sleep(500);
      const rates = [rate(), rate(), rate()];
      if (round === 0) await sleep(HEADERS_TIMEOUT_S * 1000);
      const counted = await slowClients.end();
      closed.push(counted.closed);
      if (counted.afterMs !== undefined) ages.push(counted.afterMs);
      await sleep(500);
      ratios.push(median(rates) / ((quiet + rate()) / 2));
    }
    return [
      [`rate beside ${SLOW_CLIENTS} slow clients, to the quiet one`, median(ratios).toFixed(2), '>= 0.9'],
      [
        `slow clients closed after`,
        `${(median(ages) / 1000).toFixed(1)} s (${closed[0]} of ${SLOW_CLIENTS})`,
        `${HEADERS_TIMEOUT_S} s`,
      ],
    ];
  } finally {
    await server.end();
  }
}
