/** Requests per second and per second of CPU. Servers have core 0, the load has core 1. */

import { burst } from '../_load.js';
import { cpuSecondsOf, median } from '../_measure.js';
import { launch } from './servers.js';

const BURST_SECONDS = 2;
/** What most requests run has been compiled by then. */
const WARM_UP_SECONDS = 4;
const STARTS = 3;

/** One worker beside our HTTP server alone, and two workers beside one. */
export async function hello(options) {
  const servers = await compare(options, [
    { label: 'serve(), one process', name: 'serve()' },
    { label: 'runwsgi -w 1', name: 'runwsgi', workers: 1 },
    { label: 'runwsgi -w 2', name: 'runwsgi', workers: 2 },
  ]);
  const [alone, one, two] = servers;
  return [
    ...servers.map((server) => [server.label, describe(server)]),
    ['1 worker to serve(), per second', ratio(one, alone, 'perSecond'), '>= 0.97'],
    ['1 worker to serve(), CPU per request', ratio(one, alone, 'cpu')],
    ['2 workers to 1, CPU per request', ratio(two, one, 'cpu'), '<= 1.05'],
  ];
}

/** Two workers beside those of others. */
export async function peers(options) {
  const names = ['runwsgi', 'cluster, round robin', 'cluster, shared', 'PM2', 'gunicorn'];
  const [ours, ...others] = await compare(
    options,
    names.map((name) => ({ label: name, name, workers: 2 })),
  );
  return [
    [ours.label, describe(ours)],
    ...others.flatMap((other) => [
      [other.label, describe(other)],
      [`runwsgi to ${other.label}, requests per CPU second`, ratio(other, ours, 'cpu'), '> 1'],
      [`runwsgi to ${other.label}, p99`, ratio(ours, other, 'p99'), '< 1'],
    ]),
  ];
}

/** One start of a server differs from the next by a tenth, so all of them are started several times. */
async function compare({ rounds, folder, node }, list) {
  const all = list.map((one) => ({ ...one, results: [] }));
  for (let run = 0; run < STARTS; run++) {
    const servers = [];
    try {
      for (const { name, workers, results } of all) {
        const server = await launch(name, { folder, node, workers, isPinned: true });
        servers.push({ ...server, results });
        burst(server.port, {}, WARM_UP_SECONDS);
      }
      for (let round = 0; round < Math.ceil(rounds / STARTS); round++) {
        for (let i = 0; i < servers.length; i++) {
          const server = servers[(i + round + run) % servers.length];
          server.results.push(measure(server));
        }
      }
    } finally {
      for (const server of servers) await server.end();
    }
  }
  return all;
}

function measure({ port, child }) {
  const cpuBefore = cpuSecondsOf(child.pid);
  const { requests, perSecond, p99 } = burst(port, {}, BURST_SECONDS);
  return { perSecond, p99, cpu: ((cpuSecondsOf(child.pid) - cpuBefore) / requests) * 1e6 };
}

const medianOf = ({ results }, name) => median(results.map((result) => result[name]).filter(Number.isFinite));

function describe(server) {
  const [perSecond, cpu, p99] = ['perSecond', 'cpu', 'p99'].map((name) => medianOf(server, name));
  return `${perSecond.toFixed(0)} a second, ${cpu.toFixed(1)} µs CPU, p99 ${p99.toFixed(1)} ms`;
}

/** Of the bursts of each round, which had the same moment of the machine. */
function ratio({ results }, other, name) {
  const ratios = results.map((result, i) => result[name] / other.results[i][name]);
  return median(ratios.filter(Number.isFinite)).toFixed(2);
}
