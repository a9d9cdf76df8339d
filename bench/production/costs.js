/** What the access log and TLS take of the processor, on connections that are kept and for one that brings a request. */

import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { burst } from '../_load.js';
import { cpuSecondsOf, median } from '../_measure.js';
import { launch } from './servers.js';

const BURST_SECONDS = 2;
const WARM_UP_SECONDS = 2;
const CONNECTIONS = 8;
const SINGLE = { headers: { Connection: 'close' }, connections: CONNECTIONS };

/** One worker each. */
export async function costs({ rounds, folder, node }) {
  const pem = makeCertificate(folder);
  const log = path.join(folder, 'access.log');
  const servers = [];
  try {
    for (const [label, name, flags, isSecure] of [
      ['runwsgi', 'runwsgi', []],
      ['runwsgi, access log', 'runwsgi', ['--access-logfile', log]],
      ['runwsgi, TLS', 'runwsgi', ['--certfile', pem], true],
      ['node:https', 'https', [pem], true],
      ['node:http', 'cluster, shared', []],
    ]) {
      const server = await launch(name, { folder, node, flags, isSecure, isPinned: true });
      servers.push({ ...server, label, isSecure, kept: [], single: [] });
    }
    for (const server of servers) for (const load of [{}, SINGLE]) measure(server, load, WARM_UP_SECONDS);
    for (let round = 0; round < rounds; round++) {
      for (let i = 0; i < servers.length; i++) {
        const server = servers[(i + round) % servers.length];
        server.kept.push(measure(server, {}, BURST_SECONDS));
        server.single.push(measure(server, SINGLE, BURST_SECONDS));
      }
    }
  } finally {
    for (const server of servers) await server.end();
  }
  const [plain, logged, secure, nodeHttps, nodeHttp] = servers;
  const rows = servers.map(({ label, kept, single }) => [
    label,
    `${median(kept).toFixed(1)} µs CPU for a request, ${median(single).toFixed(1)} with a connection of its own`,
  ]);
  return [
    ...rows,
    ['access log to none', ratios(logged, plain)],
    ['TLS to none', ratios(secure, plain)],
    ['TLS to node:https', ratios(secure, nodeHttps)],
    ['none to node:http', ratios(plain, nodeHttp)],
  ];
}

/** µs of CPU for each request. */
function measure({ child, port, isSecure }, load, seconds) {
  const before = cpuSecondsOf(child.pid);
  const { requests } = burst(port, { ...load, isSecure }, seconds);
  return ((cpuSecondsOf(child.pid) - before) / requests) * 1e6;
}

/** Of the bursts of each round, which had the same moment of the machine. */
function ratios(one, other) {
  const ratio = (kind) => median(one[kind].map((value, round) => value / other[kind][round])).toFixed(2);
  return `${ratio('kept')}; with a connection for each request ${ratio('single')}`;
}

function makeCertificate(folder) {
  const pem = path.join(folder, 'site.pem');
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const args = ['req', '-x509', ...key, '-keyout', pem, '-out', `${pem}.cert`, '-subj', '/CN=localhost'];
  execFileSync('openssl', args, { stdio: 'ignore' });
  execFileSync('sh', ['-c', 'cat "$1.cert" >> "$1"', 'sh', pem]);
  return pem;
}
