/**
 * From the end of a save to the first fresh answer, beside the peers. A new connection for each request, asked every
 * 2 ms.
 *
 *     node reload.js --modules 1,100,1000,5000 --runs 15 --shape wide|deep --packages express,zod,pg --tools runserver
 *     node reload.js --tools 'runserver --skip-checks,runserver and tsc 7,runserver and tsc 5'   # what checks add
 */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { freePort, median, memoryOf, start, stop, untilAnswer } from './_measure.js';
import { editors, RUNSERVER_SITE, SHAPES, writeSite } from './_site.js';

const { values: args } = parseArgs({
  options: {
    modules: { type: 'string', default: '1,100,1000' },
    runs: { type: 'string', default: '15' },
    shape: { type: 'string', default: 'wide' },
    packages: { type: 'string', default: '' },
    tools: { type: 'string', default: '' },
  },
});
const list = (text) => text.split(',').filter((part) => part !== '');
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const node = process.execPath;
const folder = mkdtempSync(path.join(tmpdir(), 'bench-reload-'));

const HTTP = `import http from 'node:http';
const answer = (text) => (_request, response) => response.setHeader('content-type', 'text/plain').end(text());
`;

const checked = (typescript) => ({
  files: {
    ...RUNSERVER_SITE,
    'tsconfig.json':
      '{ "compilerOptions": { "module": "nodenext", "target": "es2023", "strict": true, "types": [], "allowImportingTsExtensions": true, "noEmit": true } }',
  },
  typescript,
  isOptional: true,
  command: (port) => [node, here('../bin/runserver.js'), String(port)],
});

const CANDIDATES = {
  runserver: {
    files: RUNSERVER_SITE,
    command: (port) => [node, here('../bin/runserver.js'), String(port)],
  },
  'runserver --skip-checks': {
    files: RUNSERVER_SITE,
    isOptional: true,
    command: (port) => [node, here('../bin/runserver.js'), '--skip-checks', String(port)],
  },
  'runserver and tsc 7': checked('typescript'),
  'runserver and tsc 5': checked('typescript-5'),
  'Vite SSR': {
    files: {
      'vite.js': `${HTTP}import { createServer } from 'vite';
const vite = await createServer({
  server: { middlewareMode: true, ws: false, hmr: false }, appType: 'custom', logLevel: 'error',
  optimizeDeps: { noDiscovery: true },
});
http.createServer(async (request, response) => {
  const { render } = await vite.ssrLoadModule('/app.ts');
  answer(render)(request, response);
}).listen(Number(process.env.PORT), '127.0.0.1');
`,
    },
    command: () => [node, 'vite.js'],
  },
  'hot-hook': {
    files: {
      'package.json':
        '{ "name": "site", "private": true, "type": "module", "hotHook": { "root": "./server.ts", "boundaries": ["./app.ts"] } }',
      'server.ts': `${HTTP.replace('(text)', '(text: any)').replace('(_request, response)', '(_request: any, response: any)')}
http.createServer(async (request, response) => {
  const { render } = await import('./app.ts', (import.meta as any).hot?.boundary);
  answer(render)(request, response);
}).listen(Number(process.env.PORT), '127.0.0.1');
`,
    },
    command: () => [node, '--import', 'tsx', '--import', 'hot-hook/register', 'server.ts'],
  },
  'tsx watch': {
    files: {
      'server.ts': `${HTTP.replace('(text)', '(text: any)').replace('(_request, response)', '(_request: any, response: any)')}
import { render } from './app.ts';
http.createServer(answer(render)).listen(Number(process.env.PORT), '127.0.0.1');
`,
    },
    command: () => [
      node,
      here('node_modules/tsx/dist/cli.mjs'),
      'watch',
      '--clear-screen=false',
      'server.ts',
    ],
  },
};

// Python's own, where it is installed; a site imports nothing from npm there.
if (existsSync('/usr/bin/django-admin') && args.packages === '') {
  CANDIDATES['Django runserver'] = {
    language: 'py',
    prepare(cwd) {
      execFileSync('/usr/bin/django-admin', ['startproject', 'proj', cwd], { stdio: 'ignore' });
      // Below the project's package, so that the modules can import each other by relative names.
      writeFileSync(
        path.join(cwd, 'proj', 'urls.py'),
        `from django.http import HttpResponse
from django.urls import path
from .app import render

urlpatterns = [path('', lambda request: HttpResponse(render()))]
`,
      );
    },
    folder: 'proj',
    command: (port) => ['/usr/bin/python3', 'manage.py', 'runserver', String(port)],
  };
}

const only = list(args.tools);
const names = Object.keys(CANDIDATES).filter((name) =>
  only.length === 0 ? !CANDIDATES[name].isOptional : only.includes(name),
);
const rows = [];
try {
  for (const size of list(args.modules).map(Number))
    for (const name of names) rows.push(...(await measure(name, size)));
  print(rows);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(name, n) {
  const { files = {}, command, language, prepare, folder: below = '', typescript } = CANDIDATES[name];
  const options = { fan: SHAPES[args.shape], packages: list(args.packages) };
  const cwd = path.join(folder, `${name.replaceAll(' ', '-')}-${n}`);
  const sources = path.join(cwd, below);
  mkdirSync(cwd);
  prepare?.(cwd);
  writeSite(sources, n, options, language);
  for (const [file, text] of Object.entries(files)) writeFileSync(path.join(cwd, file), text);
  const packages = path.join(cwd, 'node_modules');
  if (typescript === undefined) symlinkSync(here('node_modules'), packages);
  else {
    mkdirSync(packages);
    symlinkSync(here(`../node_modules/${typescript}`), path.join(packages, 'typescript'));
  }
  const port = freePort();
  const [program, ...parameters] = command(port);
  const startedAt = performance.now();
  const child = start(program, parameters, {
    cwd,
    env: { PORT: String(port), XDG_CACHE_HOME: path.join(cwd, '.cache') },
  });
  const result = [];
  try {
    const cold = (await untilAnswer(port, (answer) => answer.includes('v0|'), 60_000)) - startedAt;
    await sleep(1500);
    for (const [what, edit] of Object.entries(editors(sources, n, options, language))) {
      const times = [];
      let failed = 0;
      for (let run = 0; run < Number(args.runs); run++) {
        // A spare of 5,000 modules takes over a second to get ready.
        await sleep(400 + n / 2 + ((run * 377) % 600));
        const tag = `${what}${run}x${Date.now().toString(36)}`;
        edit(tag);
        const savedAt = performance.now();
        const fresh = await untilAnswer(
          port,
          (answer) => {
            if (!answer.startsWith('HTTP/1.1 200')) failed += 1;
            return answer.includes(tag);
          },
          30_000,
        );
        times.push(fresh - savedAt);
      }
      result.push({
        modules: n,
        tool: name,
        edit: what,
        median: median(times),
        min: Math.min(...times),
        max: Math.max(...times),
        failed,
        cold,
        memory: memoryOf(child.pid),
      });
    }
  } catch (error) {
    process.stderr.write(`${name}, ${n} modules: ${error.message}\n`);
  } finally {
    await stop(child);
  }
  return result;
}

function print(all) {
  process.stdout.write(
    '| modules | tool | edit | median ms | min | max | failed | cold start ms | memory MiB |\n|---|---|---|---|---|---|---|---|---|\n',
  );
  for (const { modules, tool, edit, median: middle, min, max, failed, cold, memory } of all) {
    const cells = [
      modules,
      tool,
      edit,
      middle.toFixed(1),
      min.toFixed(1),
      max.toFixed(1),
      failed,
      cold.toFixed(0),
      memory,
    ];
    process.stdout.write(`| ${cells.join(' | ')} |\n`);
  }
}
