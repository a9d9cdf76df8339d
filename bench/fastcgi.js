/**
 * Applications behind nginx, one process each, on unix sockets: `node fastcgi.js [NAME,NAME] [options]`, by default all.
 * What counts is the CPU time of the application's process for a request; with `--gibibyte down` or `up`, the memory that it
 * takes for 1 GiB (of startproject's servers). Linux only, with nginx; uWSGI and gunicorn are Debian's packages
 * `uwsgi-plugin-python3` and `gunicorn`.
 *
 * --node PATH (runs the servers)  --rounds 9  --gibibyte down
 */

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { burst, download, growthWhile, pinned, upload } from './_load.js';
import { cpuSecondsOf, freePort, inTurn, median, printRows, start, stop, untilAnswer } from './_measure.js';

const BURST_SECONDS = 2;
const WARM_UP_SECONDS = 3;
const SOCKET_WAIT_MS = 10;
const here = (name) => fileURLToPath(new URL(name, import.meta.url));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    node: { type: 'string', default: process.execPath },
    rounds: { type: 'string', default: '9' },
    gibibyte: { type: 'string' },
  },
});

const byNode = (kind) => (socket) => [values.node, [here('fastcgi/node-server.cjs'), kind, socket]];
const FOLDER = here('fastcgi');
const HTTP = 'proxy_pass http://NAME; proxy_http_version 1.1; proxy_set_header Connection "";';
const FCGI = 'include /etc/nginx/fastcgi_params; fastcgi_keep_conn on; fastcgi_pass NAME;';
const SCGI = 'include /etc/nginx/scgi_params; scgi_pass NAME;';
const UWSGI = 'include /etc/nginx/uwsgi_params; uwsgi_pass NAME;';

/** How each is started, and how nginx passes requests to it. */
const KINDS = {
  'node:http': { command: byNode('node:http'), pass: HTTP },
  fcgi: { command: byNode('fcgi'), pass: FCGI },
  'node:http-close': { command: byNode('node:http'), pass: 'proxy_pass http://NAME;' },
  net: { command: byNode('net'), pass: SCGI },
  scgi: { command: byNode('scgi'), pass: SCGI },
  uwsgi: { command: byNode('uwsgi'), pass: UWSGI },
  'node-fastcgi': { command: byNode('node-fastcgi'), pass: FCGI },
  uWSGI: {
    command: (socket) => [
      'uwsgi',
      [
        '--plugin',
        'python3',
        '--socket',
        socket,
        '--wsgi-file',
        here('fastcgi/hello.py'),
        '--disable-logging',
      ],
    ],
    pass: UWSGI,
  },
  gunicorn: {
    command: (socket) => [
      'gunicorn',
      ['-b', `unix:${socket}`, '-w', '1', '--chdir', FOLDER, 'hello:application'],
    ],
    pass: HTTP,
  },
};

const OURS = ['fcgi', 'scgi', 'uwsgi'];
const names = positionals[0]?.split(',') ?? (values.gibibyte ? OURS : Object.keys(KINDS));
const folder = mkdtempSync(path.join(tmpdir(), 'bench-fastcgi-'));
const running = [];
try {
  const candidates = [];
  for (const [i, name] of names.entries()) {
    const socket = path.join(folder, `${i}.sock`);
    const child = launch(...KINDS[name].command(socket));
    while (!existsSync(socket)) {
      if (child.exitCode !== null) throw new Error(`${name} does not start.`);
      await sleep(SOCKET_WAIT_MS);
    }
    candidates.push({
      name,
      socket,
      child,
      port: freePort(),
      pass: KINDS[name].pass.replace('NAME', `app${i}`),
    });
  }
  const config = path.join(folder, 'nginx.conf');
  writeFileSync(config, nginxConfig(candidates));
  running.push(start(...pinned(1, 'nginx', ['-p', folder, '-c', config]), { stdio: 'ignore' }));
  for (const { port } of candidates) {
    await untilAnswer(port, (answer) => answer.startsWith('HTTP/1.1 200'));
    burst(port, {}, WARM_UP_SECONDS);
  }
  if (values.gibibyte === undefined)
    printRows(rowsOf(await inTurn(candidates, Number(values.rounds), measure)));
  else printRows(await growthRows(candidates));
} finally {
  for (const child of running) await stop(child);
  rmSync(folder, { recursive: true, force: true });
}

/** The server has core 0, nginx and the load have core 1. */
function launch(command, args) {
  const child = start(...pinned(0, command, args), { stdio: 'ignore' });
  running.push(child);
  return child;
}

async function measure({ port, child }) {
  const before = cpuSecondsOf(child.pid);
  const { requests, perSecond } = burst(port, {}, BURST_SECONDS);
  return { perSecond, cpu: ((cpuSecondsOf(child.pid) - before) / requests) * 1e6 };
}

/** Once for each process: what it has grown by, it keeps. */
async function growthRows(candidates) {
  const rows = [];
  for (const { name, port, child } of candidates) {
    const transfer = () => (values.gibibyte === 'up' ? upload(port, 2 ** 30) : download(port));
    rows.push({ application: name, 'growth in MiB': String(await growthWhile(child.pid, transfer)) });
  }
  return rows;
}

function rowsOf(results) {
  const [[, floor]] = results;
  return [...results].map(([name, measured]) => ({
    application: name,
    'µs of CPU': median(measured.map(({ cpu }) => cpu)).toFixed(1),
    // Of the bursts of each round, which had the same moment of the machine.
    'requests per CPU second, to the first': median(measured.map(({ cpu }, i) => floor[i].cpu / cpu)).toFixed(
      2,
    ),
    'requests a second': median(measured.map(({ perSecond }) => perSecond)).toFixed(0),
  }));
}

function nginxConfig(candidates) {
  const user = process.getuid() === 0 ? 'user root;' : '';
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
    ${user}
    daemon off;
    worker_processes 1;
    pid ${folder}/pid;
    error_log stderr crit;
    events { worker_connections 1024; }
    http {
      access_log off;
      client_max_body_size 0;
      keepalive_requests 1000000000;
      ${temp.map((name) => `${name}_temp_path ${folder};`).join(' ')}
      ${candidates
        .map(
          ({ socket, port, pass }, i) => `
      upstream app${i} { server unix:${socket}; keepalive 64; keepalive_requests 1000000000; }
      server { listen 127.0.0.1:${port}; location / { ${pass} } }`,
        )
        .join('')}
    }`;
}
