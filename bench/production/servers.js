/** Production servers with the same small application: `/` greets, `/pid` says which process answers. */

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { pinned } from '../_load.js';
import { freePort, start, stop, untilAnswer } from '../_measure.js';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const START_MS = 20_000;

/** With COUNTS in its environment, each process writes there how many requests and connections it has had. */
const siteFiles = () => ({
  'package.json': JSON.stringify({
    name: 'site',
    private: true,
    type: 'module',
    startproject: { settings: 'settings' },
  }),
  'settings.ts': `export const DEBUG = false;
export const ALLOWED_HOSTS = ['127.0.0.1'];
export const WSGI_APPLICATION = 'wsgi.application';
`,
  'wsgi.ts': `import counts from ${JSON.stringify(here('counts.cjs'))};
const greeting = Buffer.from('Hello, World!');
const pid = Buffer.from(String(process.pid));
const count = process.env.COUNTS === undefined ? undefined : counts.start(process.env.COUNTS);
export const application = (environ, startResponse) => {
  count?.(environ.REMOTE_PORT);
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  return [environ.PATH_INFO === '/pid' ? pid : greeting];
};
`,
});

export const writeSite = (cwd) => {
  mkdirSync(cwd, { recursive: true });
  for (const [name, text] of Object.entries(siteFiles())) writeFileSync(path.join(cwd, name), text);
};

const runwsgi =
  (root) =>
  ({ node, port, workers, flags, cwd }) => {
    writeSite(cwd);
    const address = `127.0.0.1:${port}`;
    return [node, [path.join(root, 'bin/runwsgi.js'), '-b', address, '-w', String(workers), ...flags]];
  };

/** Each returns a command and its arguments. */
const COMMANDS = {
  /** Our HTTP server in one process, without an arbiter. */
  'serve()': ({ node, cwd }) => {
    writeSite(cwd);
    return [node, [here('single-server.js'), here('../..'), cwd]];
  },
  runwsgi: runwsgi(here('../..')),
  /** Another checkout, built, to compare with. */
  baseline: (options) => runwsgi(path.resolve(process.env.BASELINE))(options),
  /** `node:http` in workers of `node:cluster`: the parent accepts, and each worker in turn gets a connection. */
  'cluster, round robin': ({ node, workers }) => [node, [here('cluster-server.js'), 'rr', String(workers)]],
  /** The same, and the workers accept. */
  'cluster, shared': ({ node, workers }) => [node, [here('cluster-server.js'), 'none', String(workers)]],
  https: ({ node, flags }) => [node, [here('https-server.cjs'), ...flags]],
  PM2: ({ node, workers }) => [
    node,
    [pm2, 'start', here('http-app.cjs'), '-i', String(workers), '--no-daemon', '--silent'],
  ],
  gunicorn: ({ port, workers, cwd }) => {
    mkdirSync(cwd, { recursive: true });
    writeFileSync(path.join(cwd, 'app.py'), PYTHON_APP);
    const address = `127.0.0.1:${port}`;
    return [
      'gunicorn',
      ['-b', address, '-w', String(workers), '-k', 'gthread', '--threads', '4', 'app:application'],
    ];
  },
};

const pm2 = here('../node_modules/pm2/bin/pm2');

const PYTHON_APP = `import os
def application(environ, start_response):
    body = str(os.getpid()).encode() if environ['PATH_INFO'] == '/pid' else b'Hello, World!'
    start_response('200 OK', [('Content-Type', 'text/plain'), ('Content-Length', str(len(body)))])
    return [body]
`;

/** Starts a server. Where it is pinned, it and all its processes have core 0 for themselves, and the load has core 1. */
export async function launch(
  name,
  { folder, node, workers = 1, flags = [], env: extra = {}, isPinned = false, isSecure = false },
) {
  const port = freePort();
  const cwd = path.join(folder, String(port));
  mkdirSync(cwd, { recursive: true });
  const env = {
    PORT: String(port),
    NODE_ENV: 'production',
    XDG_CACHE_HOME: path.join(folder, 'cache'),
    PM2_HOME: path.join(cwd, 'pm2'),
    PATH: `${path.dirname(node)}:${process.env.PATH}`,
    ...extra,
  };
  const command = COMMANDS[name]({ node, port, workers, flags, cwd });
  const log = path.join(folder, `${port}.log`);
  const out = openSync(log, 'w');
  const child = start(...(isPinned ? pinned(0, ...command) : command), {
    cwd,
    env,
    stdio: ['ignore', out, out],
  });
  closeSync(out);
  const server = { name, port, child, results: [], log: () => readFileSync(log, 'utf8'), end };
  try {
    if (isSecure) await untilSecureAnswer(port);
    else await untilAnswer(port, (answer) => answer.startsWith('HTTP/1.1 200'), START_MS);
  } catch (cause) {
    await end();
    throw new Error(`${name} does not start: ${server.log()}`, { cause });
  }
  return { ...server, reload };

  function reload() {
    if (name === 'PM2') {
      execFileSync(node, [pm2, 'reload', 'all', '--silent'], { env: { ...process.env, ...env } });
    } else process.kill(child.pid, 'SIGHUP');
  }

  async function end() {
    await stop(child);
  }
}

async function untilSecureAnswer(port) {
  const until = performance.now() + START_MS;
  for (;;) {
    try {
      const request = https.get({ port, rejectUnauthorized: false, agent: false });
      const [response] = await once(request, 'response');
      response.resume();
      return;
    } catch (error) {
      if (performance.now() > until) throw error;
      await sleep(20);
    }
  }
}
