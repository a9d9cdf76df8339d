/** How long `startproject mysite` takes as a whole process, beside Node itself and create-vite. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { inTurn, printTable, timeProcess } from './_measure.js';

const RUNS = Number(process.argv[2] ?? 10);
const ours = fileURLToPath(new URL('../bin/startproject.js', import.meta.url));
const createVite = fileURLToPath(new URL('node_modules/create-vite/index.js', import.meta.url));

const candidates = [
  { name: 'node -e 0', args: ['-e', '0'] },
  { name: 'startproject mysite', args: [ours, 'mysite'] },
  {
    name: 'create-vite mysite',
    args: [createVite, 'mysite', '--template', 'vanilla-ts', '--no-interactive'],
  },
];

const results = await inTurn(candidates, RUNS, async ({ args }) => {
  const cwd = mkdtempSync(path.join(tmpdir(), 'bench-scaffold-'));
  try {
    return await timeProcess(process.execPath, args, { cwd });
  } finally {
    rmSync(cwd, { recursive: true });
  }
});
printTable('scaffold a site', results);
