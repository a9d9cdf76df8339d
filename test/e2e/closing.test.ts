import { expect, onTestFinished, test } from 'vitest';
import { type RunningServer, serve } from '../../src/servers/index.ts';
import type { WSGIApplication } from '../../src/wsgi/types.ts';
import { Load } from './_load.ts';
import { haproxy, nginx, type ProxyKind, startProxy } from './_proxies.ts';
import { describeWith, HAPROXY, NGINX } from './_real-parts.ts';

const ROUNDS = 6;
const CLIENTS = 8;

/** Sends back what it was sent. */
const application: WSGIApplication = async (environ, startResponse) => {
  const body = await environ['wsgi.input'].read();
  startResponse('200 OK', []);
  return [body.length > 0 ? body : new TextEncoder().encode('none')];
};

/** Closes the two servers in turn, and starts each anew on its port, under load. */
async function roll(file: string, proxy: ProxyKind): Promise<Load> {
  const servers: RunningServer[] = [
    await serve(application, { port: 0 }),
    await serve(application, { port: 0 }),
  ];
  onTestFinished(
    async () => void (await Promise.all(servers.map((server) => server.close({ timeoutMs: 0 })))),
  );
  const port = await startProxy(
    file,
    proxy,
    servers.map((server) => server.port),
  );
  const load = new Load({ port }, { keepAlive: CLIENTS });
  try {
    for (let round = 0; round < ROUNDS; round++) {
      await load.more(400); // by then the proxy has as many connections to each server as it needs
      const server = servers[round % 2]!;
      await server.close();
      await load.more(100);
      servers[round % 2] = await serve(application, { port: server.port });
    }
  } finally {
    await load.end();
  }
  return load;
}

for (const [part, proxy] of [
  [NGINX, nginx],
  [HAPROXY, haproxy],
] as const) {
  describeWith(part, (file) => {
    test(`no request is lost when one of two servers behind ${part.name} closes under load`, async () => {
      const { failures, done } = await roll(file, proxy);
      expect(failures).toEqual([]);
      expect(done).toBeGreaterThan(200 * ROUNDS);
    });
  });
}
