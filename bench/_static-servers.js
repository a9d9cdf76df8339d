/** One server of static files for `static.js`: `PORT=8000 FOLDER=… node _static-servers.js NAME`. Each validates, and says when a file was changed. */

import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';

const { PORT: port, FOLDER: folder } = process.env;
const files = path.join(folder, 'static');

const SERVERS = {
  async startproject() {
    const require = createRequire(import.meta.url);
    const { getWsgiApplication } = require('../dist/handler/index.cjs');
    const { createHttpServer } = require('../dist/servers/index.cjs');
    const settings = { ROOT_URLCONF: { urlpatterns: [] }, ALLOWED_HOSTS: ['*'], STATICFILES_DIRS: [files] };
    const server = createHttpServer(await getWsgiApplication({ settings }));
    await server.listen({ port: Number(port), host: '127.0.0.1' });
  },
  async sirv() {
    const { default: sirv } = await import('sirv');
    const serve = sirv(files, { etag: true });
    listen((request, response) => {
      request.url = request.url.replace('/static', '');
      serve(request, response);
    });
  },
  async 'express.static'() {
    const { default: express } = await import('express');
    listen(express().use('/static', express.static(files)));
  },
  async '@fastify/static'() {
    const { default: fastify } = await import('fastify');
    const { default: fastifyStatic } = await import('@fastify/static');
    const app = fastify();
    app.register(fastifyStatic, { root: files, prefix: '/static/' });
    await app.listen({ port: Number(port), host: '127.0.0.1' });
  },
};

function listen(handler) {
  http.createServer(handler).listen(Number(port), '127.0.0.1');
}

await SERVERS[process.argv[2]]();
