/** One server of `runtimes.js`, for Bun and Deno: `PORT=8000 bun _runtime-servers.js NAME`. */

import { createRequire } from 'node:module';
import { MIDDLEWARE } from './_middleware.js';

const [name] = process.argv.slice(2);
const port = Number(process.env.PORT);
const { toFetch, getWsgiApplication, path, Light } = ours();
const plain = { 'content-type': 'text/plain; charset=UTF-8' };
const hello = new TextEncoder().encode('Hello, World!');

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
