// What the fuzzer asks: one application of each kind, and the count of those that are open. Plain JavaScript, since it
// is part of the site that runserver serves and of the program that calls serve(), on every Node.

import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { fromFetch } from 'startproject/adapters/fetch';
import { fromNodeHandler } from 'startproject/adapters/node';
import { path } from 'startproject/urls';
import { getWsgiApplication } from 'startproject/wsgi';

const bytes = (text) => new TextEncoder().encode(text);
const LARGE = bytes('x'.repeat(300_000));

/** How many responses were begun, and how many iterables were closed. */
const counts = { called: 0, closed: 0 };

const plain = {
  array: (id) => [bytes(`<${id}>`), bytes('.'), bytes(`</${id}>`)],
  async async(id) {
    await nextTurn();
    return [bytes(`<${id}></${id}>`)];
  },
  async *stream(id) {
    yield bytes(`<${id}>`);
    for (let i = 0; i < 5; i++) {
      await nextTurn();
      yield bytes(`block ${i}`);
    }
    yield bytes(`</${id}>`);
  },
  async *endless() {
    const end = performance.now() + 300;
    while (performance.now() < end) {
      await pause(5);
      yield bytes('again and again');
    }
  },
  async *echo(id, input) {
    yield bytes(`<${id}>`);
    for await (const block of input) yield block;
    yield bytes(`</${id}>`);
  },
  async part(id, input) {
    const part = await input.read(7);
    return [bytes(`<${id}>`), part, bytes(`</${id}>`)];
  },
  early: (id) => [bytes(`<${id}></${id}>`)],
  async throw() {
    await nextTurn();
    throw new Error('fuzz: thrown before the first block');
  },
  async *break(id) {
    yield bytes(`<${id}>`);
    await nextTurn();
    throw new Error('fuzz: thrown behind the first block');
  },
  empty: () => [],
  large: (id) => [bytes(`<${id}>`), LARGE, LARGE, bytes(`</${id}>`)],
};

/** Content-Lengths that are not true. */
const LENGTHS = { short: '100', long: '3' };
const MARKED = new Set(['array', 'async', 'stream', 'echo', 'part', 'early', 'large']);

const ROOT_URLCONF = {
  urlpatterns: [
    path('view', (request) => marked(request, `view ${request.method}`)),
    path('view/form', async (request) => {
      const form = await request.formData().catch(() => []);
      return marked(request, JSON.stringify([...form]));
    }),
    path('view/stream', (request) => marked(request, request.body)),
    path('view/throw', () => {
      throw new Error('fuzz: thrown by a view');
    }),
  ],
};

/** What was left of it where the request was changed; a header can have no other text. */
function idOf(url) {
  return /^[\w ]*$/.exec(new URL(url, 'http://x').searchParams.get('id') ?? '')?.[0] ?? '';
}

function marked(request, body) {
  return new Response(body, { headers: { 'X-Id': idOf(request.url), 'X-Method': request.method } });
}

const views = await getWsgiApplication({
  settings: { ROOT_URLCONF, ALLOWED_HOSTS: ['*'], DEBUG: false, SECRET_KEY: 'fuzz' },
});
const node = fromNodeHandler((request, response) => {
  response.setHeader('X-Id', idOf(request.url));
  response.setHeader('X-Method', request.method);
  request.on('error', () => {});
  request.pipe(response);
});
const fetched = fromFetch(async (request) => marked(request, await request.text()));

async function respond(environ, startResponse) {
  const [, name = ''] = environ.PATH_INFO.split('/');
  if (name === 'view') return views(environ, startResponse);
  if (name === 'node') return node(environ, startResponse);
  if (name === 'fetch') return fetched(environ, startResponse);
  if (name === 'counts') return answer(startResponse);
  const id = /\bid=(c\d+r\d+)\b/.exec(environ.QUERY_STRING)?.[1] ?? '';
  const headers = [
    ['X-Id', id],
    ['X-Method', environ.REQUEST_METHOD],
  ];
  if (name === 'none') {
    startResponse('204 No Content', headers);
    return [];
  }
  if (name === 'write') {
    const write = startResponse('200 OK', headers);
    await write(bytes(`<${id}>`));
    await write(bytes('written'));
    return [bytes(`</${id}>`)];
  }
  if (Object.hasOwn(LENGTHS, name)) {
    startResponse('200 OK', [...headers, ['Content-Length', LENGTHS[name]]]);
    return [bytes('twenty bytes of text')];
  }
  if (!Object.hasOwn(plain, name)) {
    startResponse('404 Not Found', headers);
    return [bytes('nowhere')];
  }
  const blocks = await plain[name](id, environ['wsgi.input']);
  startResponse('200 OK', MARKED.has(name) ? [...headers, ['X-Marked', '1']] : headers);
  return blocks;
}

/** What is open when nobody asks for anything else, in memory too. */
function answer(startResponse) {
  globalThis.gc?.();
  startResponse('200 OK', [['Content-Type', 'application/json']]);
  const { heapUsed, external } = process.memoryUsage();
  const openRequests = (globalThis.fuzzedServer?.openRequests ?? 1) - 1;
  const report = { open: counts.called - counts.closed, openRequests, pid: process.pid };
  return [bytes(JSON.stringify({ ...report, memory: heapUsed + external }))];
}

export async function application(environ, startResponse) {
  // What is counted is wrapped, and the server has faster ways for what is not.
  if (environ.PATH_INFO === '/counts' || environ.QUERY_STRING.endsWith('0'))
    return respond(environ, startResponse);
  counts.called += 1;
  let blocks;
  try {
    blocks = await respond(environ, startResponse);
  } catch (error) {
    counts.closed += 1;
    throw error;
  }
  const close = async () => {
    counts.closed += 1;
    await blocks.close?.();
  };
  return Object.assign(Array.isArray(blocks) ? [...blocks] : iterate(blocks), { close });
}

async function* iterate(blocks) {
  yield* blocks;
}
