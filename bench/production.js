/**
 * The production server beside its peers. `node production.js [CASE,CASE] [options]`, by default all cases. Linux only.
 *
 * --node PATH (runs the servers)  --rounds 15  --seconds 60 (of HUPs)  --requests 2000000 (of the case `endurance`)
 * --runs 15 (of the case `start`)  --idle 10000 (connections)
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { printRows } from './_measure.js';
import { atRest } from './production/at-rest.js';
import { idle, slow } from './production/connections.js';
import { costs } from './production/costs.js';
import { kill, reload, term } from './production/ends.js';
import { endurance } from './production/endurance.js';
import { hello, peers } from './production/rates.js';
import { memory, startUp } from './production/start.js';

const CASES = {
  hello,
  peers,
  costs,
  reload,
  term,
  kill,
  idle,
  slow,
  endurance,
  start: startUp,
  memory,
  'at-rest': atRest,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    node: { type: 'string', default: process.execPath },
    rounds: { type: 'string', default: '15' },
    seconds: { type: 'string', default: '60' },
    requests: { type: 'string', default: '2000000' },
    runs: { type: 'string', default: '15' },
    idle: { type: 'string', default: '10000' },
  },
});
const { node, ...numbers } = values;
const options = {
  node,
  ...Object.fromEntries(Object.entries(numbers).map(([name, text]) => [name, Number(text)])),
};

const names = positionals[0]?.split(',') ?? Object.keys(CASES);
const rows = [];
for (const name of names) {
  const folder = mkdtempSync(path.join(tmpdir(), `bench-production-${name}-`));
  try {
    for (const [what, measured, asked = ''] of await CASES[name]({ ...options, folder })) {
      rows.push({ case: name, what, measured, asked });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
printRows(rows);
