/**
 * An application behind our HTTP server, beside node:http alone and other frameworks: all servers alive together, bursts
 * of one second in an order that rotates. `node wsgi.js [CASE,CASE] [ROUNDS] [SERVER,SERVER]`. With the folder of
 * another built checkout in BASELINE, `baseline` is a server too. All servers have the flags of Node in SERVER_FLAGS, and before
 * each burst they rest for PAUSE seconds.
 */

import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { burst, cpuOf, download, growthWhile, pinned, upload } from './_load.js';
import { freePort, median, printRows, start, stop, untilAnswer } from './_measure.js';

const BURST_SECONDS = 1;
const WARM_UP_SECONDS = 2;
const GIB = 2 ** 30;
const here = (name) => fileURLToPath(new URL(name, import.meta.url));

const BROWSER_HEADERS = {
  Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  'Accept-Language': 'en-US,en;q=0.5',
  'Accept-Encoding': 'gzip, deflate, br, zstd',
  Cookie: 'sessionid=abcdefghijklmnopqrstuvwxyz012345; csrftoken=abcdefghijklmnop',
  'Upgrade-Insecure-Requests': '1',
  'Sec-Fetch-Dest': 'document',
  'Sec-Fetch-Mode': 'navigate',
  'Sec-Fetch-Site': 'none',
  Referer: 'http://127.0.0.1/',
};

const { SERVER_FLAGS: serverFlags = '', PAUSE: pause = '0' } = process.env;
const baseline = process.env.BASELINE === undefined ? [] : ['baseline'];
const FRAMEWORKS = ['fastify', 'hono', 'srvx', 'koa', 'express', 'h3'];
const ALL = ['node:http', 'startproject', ...baseline, ...FRAMEWORKS];
const OURS = ['node:http', 'startproject', ...baseline];

/** The first server of a case is what the others are compared with. */
const CASES = {
  hello: { servers: ALL, path: '/' },
  headers: { servers: ALL, path: '/', headers: BROWSER_HEADERS },
  echo: {
    servers: ALL,
    path: '/echo',
    body: 64 * 1024,
    headers: { 'Content-Type': 'application/octet-stream' },
  },
  stream: { servers: ALL, path: '/stream' },
  site: {
    servers: [
      'node:http',
      'startproject site',
      'own Response site',
      ...baseline.map((name) => `${name} site`),
      'site by hand',
      'own Response by hand',
      'hono site',
    ],
    path: '/articles/2026/',
  },
  down: { servers: OURS, transfer: download },
  up: { servers: OURS, transfer: (port) => upload(port, GIB) },
};

const [caseNames = Object.keys(CASES).join(), rounds = '8', onlyServers] = process.argv.slice(2);
const folder = mkdtempSync(path.join(tmpdir(), 'bench-wsgi-'));
const rows = [];
/** Why a peer has no row: it is not a reason to lose those of the others. */
const failures = [];
try {
  for (const name of caseNames.split(',')) rows.push(...(await runCase(name, CASES[name])));
} finally {
  rmSync(folder, { recursive: true });
}
printRows(rows);
for (const failure of failures) process.stdout.write(`\n${failure}\n`);

async function runCase(name, options) {
  const names = options.servers.filter(
    (server, i) => i === 0 || (onlyServers?.split(',').includes(server) ?? true),
  );
  let servers = [];
  const measure = options.transfer === undefined ? measureBurst : measureTransfer;
  try {
    for (const server of names) {
      try {
        servers.push(await launch(server));
        await measure(servers.at(-1), options, WARM_UP_SECONDS);
      } catch (error) {
        if (!FRAMEWORKS.some((framework) => server.startsWith(framework))) throw error;
        failures.push(`${name}: ${server} fails. ${error.message.trim().split('\n').at(-1)}`);
        const failed = servers.filter((started) => started.name === server);
        servers = servers.filter((started) => !failed.includes(started));
        for (const { child } of failed) await stop(child);
      }
    }
    for (let round = 0; round < Number(rounds); round++) {
      for (let i = 0; i < servers.length; i++) {
        const server = servers[(i + round) % servers.length];
        await sleep(Number(pause) * 1_000);
        server.results.push(await measure(server, options, BURST_SECONDS));
      }
    }
  } finally {
    for (const { child } of servers) await stop(child);
  }
  return servers.map((server) => summarise(name, server, servers[0]));
}

async function launch(name) {
  const port = freePort();
  const isSite = / site$/.test(name) && name !== 'hono site';
  const node = serverFlags.split(' ').filter((flag) => flag !== '');
  if (isSite) node.push('--import', import.meta.resolve('tsx'));
  const env = { PORT: String(port), NODE_ENV: 'production' };
  if (isSite) Object.assign(env, { SITE: createSite(name), DJANGO_SETTINGS_MODULE: 'mysite.settings' });
  const command = pinned(0, process.execPath, [...node, here('_wsgi-servers.js'), name]);
  // What a server writes belongs to bursts that were cut off at their end; it is shown when the server won't start.
  const log = path.join(folder, `${port}.log`);
  const stderr = openSync(log, 'w');
  const child = start(...command, { env, cwd: env.SITE, stdio: ['ignore', 'ignore', stderr] });
  closeSync(stderr);
  try {
    await untilAnswer(port, (answer) => answer.startsWith('HTTP/1.1 '), 10_000);
  } catch (cause) {
    await stop(child);
    throw new Error(`${name} does not start: ${readFileSync(log, 'utf8')}`, { cause });
  }
  return { name, child, port, results: [] };
}

async function measureBurst({ child, port }, options, seconds) {
  const cpuBefore = cpuOf(child.pid);
  const { requests, perSecond, p99 } = burst(port, options, seconds);
  return { perSecond, p99, cpu: (cpuOf(child.pid) - cpuBefore) / requests };
}

async function measureTransfer({ child, port }, { transfer }) {
  const cpuBefore = cpuOf(child.pid);
  const startedAt = performance.now();
  const growth = await growthWhile(child.pid, () => transfer(port));
  const seconds = (performance.now() - startedAt) / 1000;
  return { perSecond: 1 / seconds, growth, cpu: cpuOf(child.pid) - cpuBefore };
}

/** Ratios are of the two bursts of each round, which had the same moment of the machine. */
function summarise(caseName, { name, results }, first) {
  // wrk has no percentile where too many responses came late.
  const of = (read) => median(results.map(read).filter(Number.isFinite));
  const ratio = (read) =>
    of((result) => read(result) / read(first.results[results.indexOf(result)])).toFixed(2);
  const cpu = of((result) => result.cpu);
  const least = (server) => Math.min(...server.map((result) => result.cpu));
  const isTransfer = results[0].p99 === undefined;
  return {
    case: caseName,
    server: name,
    'per second': of((result) => result.perSecond).toFixed(isTransfer ? 2 : 0),
    ratio: ratio((result) => result.perSecond),
    'CPU, µs': cpu.toFixed(isTransfer ? 0 : 1),
    'CPU ratio': ratio((result) => 1 / result.cpu),
    'least CPU, µs': least(results).toFixed(isTransfer ? 0 : 1),
    'its ratio': (least(first.results) / least(results)).toFixed(2),
    'p99, ms': isTransfer ? '' : of((result) => result.p99).toFixed(2),
    'p99 ratio': isTransfer ? '' : ratio((result) => result.p99),
    'most growth, MiB': isTransfer ? String(Math.max(...results.map(({ growth }) => growth))) : '',
  };
}

/** A site as the command makes it, with a view and two middleware. */
function createSite(name) {
  const root = name.startsWith('baseline') ? path.resolve(process.env.BASELINE) : here('..');
  const target = path.join(folder, name.replace(/\W/g, '-'));
  mkdirSync(target);
  execFileSync(process.execPath, [path.join(root, 'bin/startproject.js'), 'mysite', target]);
  mkdirSync(path.join(target, 'node_modules'));
  symlinkSync(root, path.join(target, 'node_modules/startproject'));
  const write = (file, text) => writeFileSync(path.join(target, 'mysite', file), text);
  const settings = readFileSync(path.join(target, 'mysite/settings.ts'), 'utf8');
  write(
    'settings.ts',
    settings
      .replace('DEBUG = true', 'DEBUG = false')
      .replace(/ALLOWED_HOSTS: \S+ = \[\]/, "ALLOWED_HOSTS = ['127.0.0.1']")
      .replace(
        /MIDDLEWARE: \S+ = \[\]/,
        "MIDDLEWARE = ['mysite.middleware.noSniff', 'mysite.middleware.referrer']",
      ),
  );
  write(
    'middleware.ts',
    `import type { GetResponse } from 'startproject/wsgi';

export function noSniff(getResponse: GetResponse) {
  return async (request: Request) => {
    const response = await getResponse(request);
    response.headers.set('x-content-type-options', 'nosniff');
    return response;
  };
}

export function referrer(getResponse: GetResponse) {
  return async (request: Request) => {
    const response = await getResponse(request);
    response.headers.set('referrer-policy', 'same-origin');
    return response;
  };
}
`,
  );
  write(
    'urls.ts',
    `${name === 'own Response site' ? '' : "import { Response } from 'startproject/http';\n"}import { path } from 'startproject/urls';

function archive(_request: Request, { year }: { year: number }): Response {
  return new Response(\`Articles of \${year}\`, { headers: { 'content-type': 'text/plain; charset=UTF-8' } });
}

export const urlpatterns = [path('articles/<int:year>/', archive)];
`,
  );
  return target;
}
