/** One server of `runtimes.js`, for Bun and Deno: `PORT=8000 bun _runtime-servers.js NAME`. */

import { createRequire } from 'node:module';
import { MIDDLEWARE } from './_middleware.js';

const [name] = process.argv.slice(2);
const port = Number(process.env.PORT);
const { toFetch, getWsgiApplication, path, Light } = ours();
const plain = { 'content-type': 'text/plain; charset=UTF-8' };
const hello = new TextEncoder().encode('Hello, World!');

const NO_ERRORS = { write() {} };
const cgiNames = new Map();

function leastEnviron(request) {
  const { url, method, headers } = request;
  const path = url.indexOf('/', 'https://'.length);
  const mark = url.indexOf('?', path);
  const environ = {
    REQUEST_METHOD: method,
    SCRIPT_NAME: '',
    PATH_INFO: mark === -1 ? url.slice(path) : url.slice(path, mark),
    QUERY_STRING: mark === -1 ? '' : url.slice(mark + 1),
    SERVER_NAME: '127.0.0.1',
    SERVER_PORT: String(port),
    SERVER_PROTOCOL: 'HTTP/1.1',
    'wsgi.version': [1, 0],
    'wsgi.url_scheme': 'http',
    'wsgi.input': { request },
    'wsgi.errors': NO_ERRORS,
    'wsgi.multithread': false,
    'wsgi.multiprocess': false,
    'wsgi.run_once': false,
  };
  headers.forEach((value, name) => {
    let key = cgiNames.get(name);
    if (key === undefined) {
      key = `HTTP_${name.toUpperCase().replaceAll('-', '_')}`;
      cgiNames.set(name, key);
    }
    environ[key] = value;
  });
  return environ;
}

function site(ResponseClass) {
  const archive = (_request, { year }) => new ResponseClass(`Articles of ${year}`, { headers: plain });
  const ROOT_URLCONF = { urlpatterns: [path('articles/<int:year>/', archive)] };
  return getWsgiApplication({ settings: { ROOT_URLCONF, MIDDLEWARE, ALLOWED_HOSTS: ['127.0.0.1'] } });
}

const HANDLERS = {
  native: () => () => new Response('Hello, World!', { headers: plain }),
  'WSGI hello': () =>
    toFetch((_environ, startResponse) => {
      startResponse('200 OK', Object.entries(plain));
      return [hello];
    }),
  /** The least that is WSGI: an environ, start_response and an iterable, without a check, an input or an error page. */
  'WSGI by hand': () => {
    const application = (_environ, startResponse) => {
      startResponse('200 OK', Object.entries(plain));
      return [hello];
    };
    return (request) => {
      let head;
      const [block] = application(leastEnviron(request), (status, headers) => {
        head = { status: Number(status.slice(0, 3)), statusText: status.slice(4), headers };
      });
      return new Response(block, head);
    };
  },
  /** What the site does, written for the runtime: the least that it can take. */
  'site by hand': () => {
    const view = ({ url }) => {
      const [, year] = /^https?:\/\/[^/]*\/articles\/([0-9]+)\/$/.exec(url);
      return new Response(`Articles of ${Number(year)}`, { headers: plain });
    };
    return MIDDLEWARE.reduceRight((inner, middleware) => middleware(inner), view);
  },
  site: async () => toFetch(await site(Light)),
  'site, own Response': async () => toFetch(await site(Response)),
};

const handler = await HANDLERS[name]();
const hostname = '127.0.0.1';
if ('Deno' in globalThis) Deno.serve({ port, hostname, onListen() {} }, (request) => handler(request));
else Bun.serve({ port, hostname, fetch: (request) => handler(request) });

function ours() {
  const require = createRequire(import.meta.url);
  return {
    ...require('../dist/adapters/fetch/index.cjs'),
    ...require('../dist/handler/index.cjs'),
    ...require('../dist/handler/urls/index.cjs'),
    Light: require('../dist/handler/http/index.cjs').Response,
  };
}
