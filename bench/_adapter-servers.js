/** One of the servers of adapters.js, by its name: a framework alone, or one with the other side of an adapter. */

import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import express from 'express';
import fastify from 'fastify';
import { H3, fromNodeHandler as h3FromNodeHandler, toNodeHandler as h3ToNodeHandler } from 'h3';
import { Hono } from 'hono';
import Koa from 'koa';
import { fromFetch, toFetch } from '../dist/adapters/fetch/index.cjs';
import { fromNodeHandler, toNodeHandler } from '../dist/adapters/node/index.cjs';
import { Response } from '../dist/handler/http/index.cjs';
import { createHttpServer } from '../dist/servers/index.cjs';

const TEXT = 'Hello, world!';
const body = new TextEncoder().encode(TEXT);
const type = 'text/plain; charset=utf-8';

function application(_environ, startResponse) {
  startResponse('200 OK', [['Content-Type', type]]);
  return [body];
}

const expressApp = () => express().get('/', (_request, response) => response.type('text').send(TEXT));
const koaApp = () =>
  new Koa()
    .use((ctx) => {
      ctx.body = TEXT;
    })
    .callback();
const honoApp = () => new Hono().get('/', (c) => c.text(TEXT));
const h3App = () => new H3().get('/', () => TEXT);
async function fastifyApp() {
  const app = fastify();
  app.get('/', async (_request, reply) => reply.type(type).send(TEXT));
  await app.ready();
  return app;
}

const alone = (handler) => createServer(handler);
const inside = (handler) => createHttpServer(fromNodeHandler(handler));
/** With our Response in the global one's place, as a program can put it; Hono's own server does the like. */
function insideByFetch(handler) {
  globalThis.Response = Response;
  return createHttpServer(fromFetch(handler));
}

const SERVERS = {
  'node:http': () =>
    alone((_request, response) => {
      response.writeHead(200, { 'Content-Type': type, 'Content-Length': body.length });
      response.end(TEXT);
    }),
  'node:http in ours': () =>
    inside((_request, response) => {
      response.writeHead(200, { 'Content-Type': type, 'Content-Length': body.length });
      response.end(TEXT);
    }),
  'ours in node:http': () => alone(toNodeHandler(application)),
  express: () => alone(expressApp()),
  'express in ours': () => inside(expressApp()),
  'ours in express': () => alone(express().use('/', toNodeHandler(application))),
  koa: () => alone(koaApp()),
  'koa in ours': () => inside(koaApp()),
  'ours in koa': () => {
    const handler = toNodeHandler(application);
    const app = new Koa().use((ctx) => {
      ctx.respond = false;
      return handler(ctx.req, ctx.res);
    });
    return alone(app.callback());
  },
  fastify: async () => alone((await fastifyApp()).routing),
  'fastify in ours': async () => inside((await fastifyApp()).routing),
  'ours in fastify': async () => {
    const handler = toNodeHandler(application);
    const app = fastify();
    app.all('/', (request, reply) => {
      reply.hijack();
      handler(request.raw, reply.raw);
    });
    await app.ready();
    return alone(app.routing);
  },
  hono: () => alone(getRequestListener(honoApp().fetch)),
  'hono in ours': () => inside(getRequestListener(honoApp().fetch)),
  'hono in ours, by fetch': () => insideByFetch(honoApp().fetch),
  'ours in hono': () => {
    const handler = toNodeHandler(application);
    const app = new Hono().all('/', (c) => {
      handler(c.env.incoming, c.env.outgoing);
      return RESPONSE_ALREADY_SENT;
    });
    return alone(getRequestListener(app.fetch));
  },
  'ours in hono, by fetch': () => {
    const handler = toFetch(application);
    return alone(getRequestListener(new Hono().all('/', (c) => handler(c.req.raw)).fetch));
  },
  h3: () => alone(h3ToNodeHandler(h3App())),
  'h3 in ours': () => inside(h3ToNodeHandler(h3App())),
  'h3 in ours, by fetch': () => insideByFetch(h3App().fetch),
  'ours in h3': () =>
    alone(h3ToNodeHandler(new H3().all('/', h3FromNodeHandler(toNodeHandler(application))))),
  'ours in h3, by fetch': () => {
    const handler = toFetch(application);
    return alone(h3ToNodeHandler(new H3().all('/', ({ req }) => handler(req))));
  },
};

const server = await SERVERS[process.argv[2]]();
server.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
