import type http from 'node:http';
import type { RequestListener } from 'node:http';
import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import express from 'express';
import fastify from 'fastify';
import { H3, fromNodeHandler as h3FromNodeHandler, toNodeHandler as h3ToNodeHandler } from 'h3';
import { Hono } from 'hono';
import Koa from 'koa';
import type { NodeHandler } from '../../src/adapters/node/index.ts';

/** A framework's own way to do the same things, and to take in what is not its own. */
export interface Framework {
  readonly name: string;
  /**
   * A framework's application as a Node handler:
   *
   * - `GET /whoami` tells of the request: `ip`, `protocol`, `url`
   * - `POST /length` reads the body as it comes, and tells how many bytes there were
   * - `POST /form` gives back the JSON that it got
   * - `GET /stream` sends `STREAMED` blocks of 64 KiB
   * - `GET /cookies` sets two
   * - `GET /away` redirects to `whoami`, which is relative
   * - `GET /boom` throws, `GET /later` throws after an await
   * - `GET /wait` does not answer; `onWait` is told when it is there, and when its client has gone
   */
  inner(onWait: (what: 'begun' | 'left') => void): Promise<NodeHandler>;
  /** The framework's application as a Node listener, with `handler` mounted below `/site`, and `GET /own` of its own. */
  outer(mountable: Mountable): Promise<RequestListener>;
}

/** `toNodeHandler(application, { scriptName })` */
export type Mountable = (scriptName?: string) => RequestListener;

export const STREAMED = 64;
export const BLOCK = Buffer.alloc(64 * 1024, 'x');

async function* blocks() {
  for (let i = 0; i < STREAMED; i++) yield BLOCK;
}

async function lengthOf(body: AsyncIterable<Uint8Array>): Promise<number> {
  let length = 0;
  for await (const block of body) length += block.length;
  return length;
}

export const expressFramework: Framework = {
  name: 'Express',
  async inner(onWait) {
    const app = express();
    app.set('env', 'test'); // in which it does not print errors
    app.get('/whoami', ({ ip, protocol, originalUrl: url, baseUrl }, response) => {
      response.json({ ip, protocol, url, baseUrl });
    });
    app.post('/length', async (request, response) => response.json({ length: await lengthOf(request) }));
    app.post('/form', express.json(), (request, response) => response.json(request.body));
    app.get('/stream', async (_request, response) => {
      await pipeline(Readable.from(blocks()), response);
    });
    app.get('/cookies', (_request, response) => {
      response.cookie('a', '1').cookie('b', '2').send('set');
    });
    app.get('/away', (_request, response) => response.redirect('whoami'));
    app.get('/boom', () => {
      throw new Error('boom');
    });
    app.get('/later', async () => {
      await null;
      throw new Error('boom');
    });
    app.get('/wait', (request) => {
      onWait('begun');
      request.on('close', () => onWait('left'));
    });
    return app;
  },
  async outer(mountable) {
    const app = express();
    app.get('/own', (_request, response) => {
      response.send('own');
    });
    app.use('/site', mountable());
    return app;
  },
};

export const koaFramework: Framework = {
  name: 'Koa',
  async inner(onWait) {
    const app = new Koa();
    app.silent = true;
    app.use(async (ctx) => {
      if (ctx.path === '/whoami') {
        ctx.body = { ip: ctx.ip, protocol: ctx.protocol, url: ctx.url };
      } else if (ctx.path === '/length') {
        ctx.body = { length: await lengthOf(ctx.req) };
      } else if (ctx.path === '/form') {
        ctx.body = await json(ctx.req);
      } else if (ctx.path === '/stream') {
        ctx.body = Readable.from(blocks());
      } else if (ctx.path === '/cookies') {
        ctx.cookies.set('a', '1');
        ctx.cookies.set('b', '2');
        ctx.body = 'set';
      } else if (ctx.path === '/away') {
        ctx.redirect('whoami');
      } else if (ctx.path === '/boom') {
        throw new Error('boom');
      } else if (ctx.path === '/later') {
        await null;
        throw new Error('boom');
      } else if (ctx.path === '/wait') {
        onWait('begun');
        await new Promise<void>((resolve) => ctx.req.on('close', resolve));
        onWait('left');
      }
    });
    return app.callback();
  },
  async outer(mountable) {
    const site = mountable('/site');
    const app = new Koa();
    app.silent = true;
    app.use(async (ctx, next) => {
      if (!/^\/site(?:\/|$)/.test(ctx.path)) return next();
      ctx.respond = false;
      site(ctx.req, ctx.res);
    });
    app.use((ctx) => {
      ctx.body = 'own';
    });
    return app.callback();
  },
};

export const fastifyFramework: Framework = {
  name: 'Fastify',
  async inner(onWait) {
    const app = fastify();
    app.get('/whoami', async ({ ip, protocol, url }) => ({ ip, protocol, url }));
    app.post('/form', async ({ body }) => body);
    app.get('/stream', (_request, reply) => reply.send(Readable.from(blocks())));
    app.get('/cookies', (_request, reply) => reply.header('set-cookie', ['a=1', 'b=2']).send('set'));
    app.get('/away', (_request, reply) => reply.redirect('whoami'));
    app.get('/boom', () => {
      throw new Error('boom');
    });
    app.get('/later', async () => {
      await null;
      throw new Error('boom');
    });
    app.get('/wait', ({ raw }, reply) => {
      onWait('begun');
      raw.on('close', () => onWait('left'));
      reply.hijack();
    });
    // Bodies as streams, for what no parser takes.
    app.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload));
    app.post('/length', async ({ body }) => ({ length: await lengthOf(body as Readable) }));
    await app.ready();
    return app.routing;
  },
  async outer(mountable) {
    const site = mountable('/site');
    const app = fastify();
    app.get('/own', async () => 'own');
    await app.register(async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
      scope.all('/site/*', ({ raw }, reply) => {
        reply.hijack();
        site(raw, reply.raw);
      });
    });
    await app.ready();
    return app.routing;
  },
};

export const honoFramework: Framework = {
  name: 'Hono',
  async inner(onWait) {
    const app = new Hono<{ Bindings: HttpBindings }>();
    app.get('/whoami', (c) => {
      const { socket } = c.env.incoming;
      const { protocol } = new URL(c.req.url);
      return c.json({
        ip: socket.remoteAddress,
        protocol: protocol.slice(0, -1),
        url: new URL(c.req.url).pathname,
      });
    });
    app.post('/length', async (c) => c.json({ length: await lengthOf(c.req.raw.body!) }));
    app.post('/form', async (c) => c.json(await c.req.json()));
    app.get('/stream', (c) => c.body(ReadableStream.from(blocks()) as ReadableStream));
    app.get('/cookies', (c) => {
      c.header('set-cookie', 'a=1', { append: true });
      c.header('set-cookie', 'b=2', { append: true });
      return c.text('set');
    });
    app.get('/away', (c) => c.redirect('whoami'));
    app.get('/boom', () => {
      throw new Error('boom');
    });
    app.get('/later', async () => {
      await null;
      throw new Error('boom');
    });
    app.get('/wait', async (c) => {
      onWait('begun');
      await new Promise<void>((resolve) => c.req.raw.signal.addEventListener('abort', () => resolve()));
      onWait('left');
      return c.text('');
    });
    app.onError((_error, c) => c.text('failed', 500)); // the usual one prints it
    return getRequestListener(app.fetch, { overrideGlobalObjects: false });
  },
  async outer(mountable) {
    const site = mountable('/site');
    const app = new Hono<{ Bindings: HttpBindings }>();
    app.get('/own', (c) => c.text('own'));
    app.all('/site/*', (c) => {
      site(c.env.incoming as http.IncomingMessage, c.env.outgoing as http.ServerResponse);
      return RESPONSE_ALREADY_SENT;
    });
    return getRequestListener(app.fetch, { overrideGlobalObjects: false });
  },
};

export const h3Framework: Framework = {
  name: 'h3',
  async inner(onWait) {
    const app = new H3({ silent: true });
    app.get('/whoami', ({ req, url }) => ({
      ip: req.ip,
      protocol: url.protocol.slice(0, -1),
      url: url.pathname,
    }));
    app.post('/length', async ({ req }) => ({ length: await lengthOf(req.body!) }));
    app.post('/form', ({ req }) => req.json());
    app.get('/stream', () => ReadableStream.from(blocks()));
    app.get('/cookies', ({ res }) => {
      res.headers.append('set-cookie', 'a=1');
      res.headers.append('set-cookie', 'b=2');
      return 'set';
    });
    app.get('/away', () => new Response(null, { status: 302, headers: { location: 'whoami' } }));
    app.get('/boom', () => {
      throw new Error('boom');
    });
    app.get('/later', async () => {
      await null;
      throw new Error('boom');
    });
    app.get('/wait', async ({ req }) => {
      onWait('begun');
      await new Promise<void>((resolve) => req.signal.addEventListener('abort', () => resolve()));
      onWait('left');
    });
    return h3ToNodeHandler(app) as NodeHandler;
  },
  async outer(mountable) {
    const app = new H3({ silent: true });
    app.get('/own', () => 'own');
    app.all('/site/**', h3FromNodeHandler(mountable('/site') as Parameters<typeof h3FromNodeHandler>[0]));
    return h3ToNodeHandler(app) as RequestListener;
  },
};

export const FRAMEWORKS = [expressFramework, koaFramework, fastifyFramework, honoFramework, h3Framework];
