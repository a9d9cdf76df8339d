/** From starting the command to the first page, on a fresh site, beside a bare node:http script. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort, inTurn, printTable, start, stop, untilAnswer } from './_measure.js';

/** Until all have written what they keep for the next start. */
const CACHES_MS = 3_000;
const RUNS = Number(process.argv[2] ?? 10);
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'bench-first-page-'));
const node = process.execPath;

const HTTP_SCRIPT = `
import http from 'node:http';
http.createServer((_request, response) => response.end('page')).listen(Number(process.env.PORT), '127.0.0.1');
`;
const VITE_SCRIPT = `
import http from 'node:http';
import { createServer } from 'vite';
const vite = await createServer({
  server: { middlewareMode: true, ws: false, hmr: false }, appType: 'custom', logLevel: 'error',
  optimizeDeps: { noDiscovery: true },
});
http.createServer(async (_request, response) => {
  const { page } = await vite.ssrLoadModule('/page.ts');
  response.end(page());
}).listen(Number(process.env.PORT), '127.0.0.1');
`;

execFileSync(node, [here('../bin/startproject.js'), 'mysite'], { cwd: folder });
const peers = path.join(folder, 'peers');
mkdirSync(peers);
symlinkSync(here('node_modules'), path.join(peers, 'node_modules'));
const files = {
  'package.json': '{ "type": "module" }',
  'bare.js': HTTP_SCRIPT,
  'server.ts': HTTP_SCRIPT,
  'vite.js': VITE_SCRIPT,
  'page.ts': "export const page = (): string => 'page';",
};
for (const [name, text] of Object.entries(files)) writeFileSync(path.join(peers, name), text);

const candidates = [
  { name: 'node:http script', cwd: peers, command: () => [node, 'bare.js'] },
  {
    name: 'runserver',
    cwd: path.join(folder, 'mysite'),
    command: (port) => [node, here('../bin/runserver.js'), String(port)],
  },
  {
    name: 'tsx watch',
    cwd: peers,
    command: () => [node, here('node_modules/tsx/dist/cli.mjs'), 'watch', 'server.ts'],
  },
  { name: 'Vite SSR', cwd: peers, command: () => [node, 'vite.js'] },
  ...django(),
];

try {
  const results = await inTurn(candidates, RUNS, async ({ cwd, command }, { isFirst = false } = {}) => {
    const port = freePort();
    const [program, ...args] = command(port);
    const startedAt = performance.now();
    const child = start(program, args, { cwd, env: { PORT: String(port) } });
    try {
      const answeredAt = await untilAnswer(port, (answer) => answer.startsWith('HTTP/1.1 200'));
      if (isFirst) await sleep(CACHES_MS);
      return answeredAt - startedAt;
    } finally {
      await stop(child);
    }
  });
  printTable('first page after the start', results);
} finally {
  rmSync(folder, { recursive: true });
}

/** Django's own runserver, where Debian's python3-django is installed. */
function django() {
  try {
    execFileSync('/usr/bin/django-admin', ['startproject', 'proj'], { cwd: folder, stdio: 'ignore' });
  } catch {
    return [];
  }
  const command = (port) => ['/usr/bin/python3', 'manage.py', 'runserver', `127.0.0.1:${port}`];
  return [{ name: 'Django runserver', cwd: path.join(folder, 'proj'), command }];
}
