/** What the validator costs a request, which `runserver` pays while DEBUG is true. */

import { performance } from 'node:perf_hooks';
import { getWsgiApplication } from '../dist/handler/index.cjs';
import { path } from '../dist/handler/urls/index.cjs';
import { compose, wrapResponse } from '../dist/middleware/index.cjs';
import { validator } from '../dist/wsgi/validate/index.cjs';
import { median } from './_measure.js';

const ROUNDS = 15;
const REQUESTS = 20_000;
const hello = new TextEncoder().encode('hello');

const bare = (_environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  return [hello];
};
const streamed = async function* (_environ, startResponse) {
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  yield hello;
  yield hello;
};
const timing = (application) => async (environ, startResponse) =>
  wrapResponse(await application(environ, startResponse), async function* (blocks) {
    yield* blocks;
  });
const urlpatterns = [path('articles/<int:year>/', () => new Response('hello'))];
const site = await getWsgiApplication({
  settings: { ROOT_URLCONF: { urlpatterns }, ALLOWED_HOSTS: ['*'] },
});

const CASES = {
  'one block': bare,
  'a generator of two blocks': streamed,
  'the default application': site,
  'the same with a middleware': compose(timing, site),
};

const unused = async () => new Uint8Array(0);
const input = {
  read: unused,
  readline: unused,
  readlines: async () => [],
  async *[Symbol.asyncIterator]() {},
};
const errors = { write() {}, writelines() {}, flush() {} };

function makeEnviron() {
  return {
    REQUEST_METHOD: 'GET',
    SCRIPT_NAME: '',
    PATH_INFO: '/articles/2026/',
    QUERY_STRING: 'page=2',
    SERVER_NAME: '127.0.0.1',
    SERVER_PORT: '8000',
    SERVER_PROTOCOL: 'HTTP/1.1',
    REMOTE_ADDR: '127.0.0.1',
    REMOTE_PORT: '50000',
    HTTP_HOST: '127.0.0.1:8000',
    HTTP_ACCEPT: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
    HTTP_ACCEPT_ENCODING: 'gzip, deflate, br, zstd',
    HTTP_ACCEPT_LANGUAGE: 'en-GB,en;q=0.9',
    HTTP_COOKIE: 'sessionid=0123456789abcdef0123456789abcdef',
    HTTP_USER_AGENT: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36',
    'wsgi.version': [1, 0],
    'wsgi.url_scheme': 'http',
    'wsgi.input': input,
    'wsgi.errors': errors,
    'wsgi.multithread': true,
    'wsgi.multiprocess': false,
    'wsgi.run_once': false,
    'wsgi.file_wrapper': () => [],
    'wsgi.input_terminated': true,
  };
}

async function serve(application, count) {
  for (let i = 0; i < count; i++) {
    const response = await application(makeEnviron(), () => unused);
    for await (const _block of response);
    await response.close?.();
  }
}

/** CPU time for each request, in µs: other work on the machine is not counted. */
async function cost(application, count) {
  const before = process.cpuUsage();
  await serve(application, count);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

const startedAt = performance.now();
process.stdout.write('| application | alone, µs | validated, µs | the validator, µs |\n|---|---|---|---|\n');
for (const [name, application] of Object.entries(CASES)) {
  const checked = validator(application, { report() {} });
  const count = name.includes('default') || name.includes('same') ? REQUESTS / 10 : REQUESTS;
  await serve(application, count);
  await serve(checked, count);
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push({ alone: await cost(application, count), with: await cost(checked, count) });
  }
  const alone = median(rounds.map((round) => round.alone));
  const both = median(rounds.map((round) => round.with));
  const difference = median(rounds.map((round) => round.with - round.alone));
  process.stdout.write(`| ${name} | ${alone.toFixed(1)} | ${both.toFixed(1)} | ${difference.toFixed(1)} |\n`);
}
process.stdout.write(`\nTook ${((performance.now() - startedAt) / 1000).toFixed(0)} s.\n`);
