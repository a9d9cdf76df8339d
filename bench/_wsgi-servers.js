/**
 * The same small application on each framework, as its own guide would have it. `node _wsgi-servers.js NAME` serves it
 * on 127.0.0.1:$PORT. `/`: a greeting. `/echo`: the request's body. `/stream`: 1 MiB from a generator.
 * `/down` and `/up`, where there are such: 1 GiB to the client and any amount from it.
 */

import { once } from 'node:events';
import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { MIDDLEWARE } from './_middleware.js';

const port = Number(process.env.PORT);
const host = '127.0.0.1';
const HELLO = 'Hello, World!';
const HELLO_BYTES = Buffer.from(HELLO);
const BLOCK = Buffer.alloc(64 * 1024, 'a');
const STREAM_BLOCKS = 16;
const DOWN_BLOCKS = 16 * 1024;
const STREAM_LENGTH = String(STREAM_BLOCKS * BLOCK.length);
const DOWN_LENGTH = String(DOWN_BLOCKS * BLOCK.length);

function* blocks() {
  for (let i = 0; i < STREAM_BLOCKS; i++) yield BLOCK;
}

async function* manyBlocks() {
  for (let i = 0; i < DOWN_BLOCKS; i++) yield BLOCK;
}

function blockStream() {
  const source = blocks();
  return new ReadableStream({
    pull(controller) {
      const { done, value } = source.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}

const streamHeaders = { 'content-type': 'text/plain', 'content-length': STREAM_LENGTH };
const binary = { 'content-type': 'application/octet-stream' };
const plain = { 'content-type': 'text/plain; charset=UTF-8' };

const servers = {
  /** What Node itself can do. */
  'node:http'() {
    const server = http.createServer((request, response) => {
      if (request.url === '/echo') return echo(request, response);
      if (request.url === '/stream') return send(response, blocks(), STREAM_LENGTH);
      if (request.url === '/down') return send(response, manyBlocks(), DOWN_LENGTH);
      if (request.url === '/up') return count(request, response);
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': HELLO.length });
      response.end(HELLO);
    });
    server.listen(port, host);

    function echo(request, response) {
      const parts = [];
      request.on('data', (part) => parts.push(part));
      request.on('end', () => {
        const body = Buffer.concat(parts);
        response.writeHead(200, { ...binary, 'content-length': body.length });
        response.end(body);
      });
    }
    async function send(response, source, length) {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': length });
      for await (const block of source) if (!response.write(block)) await once(response, 'drain');
      response.end();
    }
    function count(request, response) {
      let bytes = 0;
      request.on('data', (part) => {
        bytes += part.length;
      });
      request.on('end', () => response.end(String(bytes)));
    }
  },

  startproject: () => serveOurs(new URL('..', import.meta.url)),

  /** Another checkout of startproject, built, to compare with. */
  baseline: () => serveOurs(pathToFileURL(`${path.resolve(process.env.BASELINE)}/`)),

  async fastify() {
    const { default: Fastify } = await import('fastify');
    const app = Fastify({ bodyLimit: 2 ** 24 });
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    app.get('/', (_request, reply) => {
      reply.type('text/plain').send(HELLO);
    });
    app.get('/stream', (_request, reply) => {
      reply.headers(streamHeaders).send(Readable.from(blocks(), { objectMode: false }));
    });
    app.post('/echo', (request, reply) => {
      reply.headers(binary).send(request.body);
    });
    await app.listen({ port, host });
  },

  async hono() {
    const { Hono } = await import('hono');
    const { serve } = await import('@hono/node-server');
    const app = new Hono();
    app.get('/', (context) => context.text(HELLO));
    app.get('/stream', (context) => context.body(blockStream(), 200, streamHeaders));
    app.post('/echo', async (context) => context.body(await context.req.arrayBuffer(), 200, binary));
    serve({ fetch: app.fetch, port, hostname: host });
  },

  async srvx() {
    const { serve, FastResponse } = await import('srvx/node');
    const headers = { 'content-type': 'text/plain', 'content-length': String(HELLO.length) };
    serve({
      port,
      hostname: host,
      silent: true,
      fetch(request) {
        const { pathname } = new URL(request.url);
        if (pathname === '/stream') return new FastResponse(blockStream(), { headers: streamHeaders });
        if (pathname === '/echo') {
          return request.arrayBuffer().then((body) => new FastResponse(body, { headers: binary }));
        }
        return new FastResponse(HELLO, { headers });
      },
    });
  },

  async koa() {
    const { default: Koa } = await import('koa');
    const app = new Koa();
    app.use(async (context) => {
      if (context.path === '/stream') {
        context.set(streamHeaders);
        context.body = Readable.from(blocks(), { objectMode: false });
      } else if (context.path === '/echo') {
        const parts = [];
        for await (const part of context.req) parts.push(part);
        context.set(binary);
        context.body = Buffer.concat(parts);
      } else {
        context.type = 'text/plain';
        context.body = HELLO;
      }
    });
    app.listen(port, host);
  },

  async express() {
    const { default: express } = await import('express');
    const app = express();
    app.get('/', (_request, response) => {
      response.type('text/plain').send(HELLO);
    });
    app.get('/stream', (_request, response) => {
      Readable.from(blocks(), { objectMode: false }).pipe(response.set(streamHeaders));
    });
    app.post('/echo', express.raw({ type: '*/*', limit: '16mb' }), (request, response) => {
      response.set(binary).send(request.body);
    });
    app.listen(port, host);
  },

  async h3() {
    const { H3, serve } = await import('h3');
    const app = new H3();
    app.get('/', (event) => {
      event.res.headers.set('content-type', 'text/plain');
      return HELLO;
    });
    app.get('/stream', () => new Response(blockStream(), { headers: streamHeaders }));
    app.post('/echo', async (event) => new Response(await event.req.arrayBuffer(), { headers: binary }));
    serve(app, { port, hostname: host, silent: true });
  },

  /** A site that startproject made, in $SITE: a routed view, settings, two middleware. */
  'startproject site': () => serveSite(new URL('..', import.meta.url)),

  /** The same with Node's own Response. */
  'own Response site': () => serveSite(new URL('..', import.meta.url)),

  'baseline site': () => serveSite(pathToFileURL(`${path.resolve(process.env.BASELINE)}/`)),

  /** What that site does, on Node's own server and with the least for it: the most that a site can have. */
  'site by hand'() {
    serveByHand(
      (text) => ({ text, headers: new Map(Object.entries(plain)) }),
      ({ text, headers }, response) => {
        response.writeHead(200, { ...Object.fromEntries(headers), 'content-length': text.length });
        response.end(text);
      },
    );
  },

  /** The same with Node's own Response, whose body has one block. */
  'own Response by hand'() {
    serveByHand(
      (text) => new Response(text, { headers: plain }),
      async ({ headers, body }, response) => {
        const reader = body.getReader();
        const { value } = await reader.read();
        const { done } = await reader.read();
        if (!done) throw new Error('There is more than one block.');
        response.writeHead(200, { ...Object.fromEntries(headers), 'content-length': value.length });
        response.end(value);
      },
    );
  },

  /** The same as that site. */
  async 'hono site'() {
    const { Hono } = await import('hono');
    const { serve } = await import('@hono/node-server');
    const app = new Hono();
    app.use(async (context, next) => {
      await next();
      context.header('x-content-type-options', 'nosniff');
    });
    app.use(async (context, next) => {
      await next();
      context.header('referrer-policy', 'same-origin');
    });
    app.get('/articles/:year/', (context) =>
      context.text(`Articles of ${Number(context.req.param('year'))}`),
    );
    serve({ fetch: app.fetch, port, hostname: host });
  },
};

async function serveOurs(root) {
  const { createHttpServer } = createRequire(root)('./dist/servers/index.cjs');
  await createHttpServer(application).listen({ port, host });

  function application(environ, startResponse) {
    const pathInfo = environ.PATH_INFO;
    if (pathInfo === '/stream') return sendBlocks(blocks(), STREAM_LENGTH);
    if (pathInfo === '/down') return sendBlocks(manyBlocks(), DOWN_LENGTH);
    if (pathInfo === '/echo') return echo();
    if (pathInfo === '/up') return count();
    startResponse('200 OK', [['Content-Type', 'text/plain']]);
    return [HELLO_BYTES];

    function sendBlocks(source, length) {
      startResponse('200 OK', [
        ['Content-Type', 'text/plain'],
        ['Content-Length', length],
      ]);
      return source;
    }
    async function echo() {
      const body = await environ['wsgi.input'].read();
      startResponse('200 OK', [['Content-Type', 'application/octet-stream']]);
      return [body];
    }
    async function count() {
      let bytes = 0;
      for await (const block of environ['wsgi.input']) bytes += block.length;
      startResponse('200 OK', [['Content-Type', 'text/plain']]);
      return [Buffer.from(String(bytes))];
    }
  }
}

/** A route and two middleware, with objects for request and response, and no checks. */
function serveByHand(respond, send) {
  const view = ({ path: asked }) => {
    const [, year] = /^\/articles\/([0-9]+)\/$/.exec(asked) ?? []; // no page but a sign of life for `/`
    return respond(`Articles of ${Number(year)}`);
  };
  const chain = MIDDLEWARE.reduceRight((inner, middleware) => middleware(inner), view);
  const server = http.createServer((request, response) => {
    chain({ path: request.url }).then((answer) => send(answer, response));
  });
  server.listen(port, host);
}

async function serveSite(root) {
  const require = createRequire(root);
  const { createHttpServer } = require('./dist/servers/index.cjs');
  const { application } = await import(pathToFileURL(`${process.env.SITE}/mysite/wsgi.ts`).href);
  await createHttpServer(application).listen({ port, host });
}

await servers[process.argv[2]]();
