/**
 * What the default application takes without a server: CPU time for a request of a site with a routed view and two
 * asynchronous middleware, beside the same chain written by hand. Both in one process, in short batches that take turns, so
 * that a busy machine hits both. `node handler.js [BATCHES]`. With the folder of another built checkout in BASELINE, that
 * build is measured too.
 */

import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, printRows } from './_measure.js';
import { MIDDLEWARE } from './_middleware.js';

const REQUESTS = 4_000;
const AT_ONCE = 16;
const WARM_UP = 20;
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const plain = { 'content-type': 'text/plain; charset=UTF-8' };

async function site(root) {
  const require = createRequire(`${root}/package.json`);
  const { getWsgiApplication } = require('./dist/handler/index.cjs');
  const { path: route } = require('./dist/handler/urls/index.cjs');
  const { Response } = require('./dist/handler/http/index.cjs');
  const archive = (_request, { year }) => new Response(`Articles of ${year}`, { headers: plain });
  const ROOT_URLCONF = { urlpatterns: [route('articles/<int:year>/', archive)] };
  return getWsgiApplication({ settings: { ROOT_URLCONF, MIDDLEWARE, ALLOWED_HOSTS: ['127.0.0.1'] } });
}

/** The least that such a chain can take: a request and a response that are plain objects, and no checks. */
function byHand() {
  const view = ({ path: asked }) => {
    const [, year] = /^\/articles\/([0-9]+)\/$/.exec(asked);
    return { body: `Articles of ${Number(year)}`, headers: new Map(Object.entries(plain)) };
  };
  const chain = MIDDLEWARE.reduceRight((inner, middleware) => middleware(inner), view);
  return async (environ, startResponse) => {
    const { body, headers } = await chain({ path: environ.PATH_INFO });
    startResponse('200 OK', [...headers, ['content-length', String(body.length)]]);
    return [Buffer.from(body)];
  };
}

const input = {};
const errors = { write() {}, flush() {} };
const environOf = () => ({
  REQUEST_METHOD: 'GET',
  SCRIPT_NAME: '',
  PATH_INFO: '/articles/2026/',
  QUERY_STRING: '',
  SERVER_NAME: '127.0.0.1',
  SERVER_PORT: '8000',
  SERVER_PROTOCOL: 'HTTP/1.1',
  'wsgi.version': [1, 0],
  'wsgi.url_scheme': 'http',
  'wsgi.input': input,
  'wsgi.errors': errors,
  'wsgi.multithread': false,
  'wsgi.multiprocess': false,
  'wsgi.run_once': false,
  HTTP_HOST: '127.0.0.1:8000',
});

async function request(application) {
  const response = await application(environOf(), () => () => {});
  response.close?.();
}

async function batch({ application }) {
  const before = process.cpuUsage();
  for (let i = 0; i < REQUESTS / AT_ONCE; i++) {
    await Promise.all(Array.from({ length: AT_ONCE }, () => request(application)));
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / REQUESTS;
}

const [batches = '150'] = process.argv.slice(2);
const candidates = [
  { name: 'by hand', application: byHand(), results: [] },
  { name: 'startproject', application: await site(here('..')), results: [] },
];
const { BASELINE } = process.env;
if (BASELINE !== undefined)
  candidates.push({ name: 'baseline', application: await site(path.resolve(BASELINE)), results: [] });
for (let i = 0; i < WARM_UP; i++) for (const candidate of candidates) await batch(candidate);
for (let i = 0; i < Number(batches); i++) {
  for (let k = 0; k < candidates.length; k++) {
    const candidate = candidates[(i + k) % candidates.length];
    candidate.results.push(await batch(candidate));
  }
}
printRows(
  candidates.map(({ name, results }) => ({
    application: name,
    node: process.version,
    'CPU, µs': median(results).toFixed(2),
    'least, µs': Math.min(...results).toFixed(2),
    'to the first': median(results.map((cpu, i) => cpu / candidates[0].results[i])).toFixed(2),
  })),
);
