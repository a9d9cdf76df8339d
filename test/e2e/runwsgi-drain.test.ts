import { describe, expect, test } from 'vitest';
import { RawClient } from '../servers/http/_http.ts';
import { Load } from './_load.ts';
import { haproxy, nginx, type ProxyKind, startProxy } from './_proxies.ts';
import { describeWith, HAPROXY, NGINX } from './_real-parts.ts';
import { runwsgi, version, type Wsgi } from './_runwsgi.ts';

const CLIENTS = { keepAlive: 12, oneRequest: 4 };
const POST = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody';

/** How a connection ended: `end` for a FIN, else the error. */
function endOf({ socket }: RawClient): Promise<string> {
  return new Promise((resolve) => {
    socket.once('end', () => resolve('end')).once('error', (error) => resolve(String(error)));
  });
}

/** Connections with a request behind them, as clients keep them. */
function idleConnections(site: Wsgi, count: number): Promise<RawClient[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const client = await RawClient.connect(site.port);
      await client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n').until('\r\n\r\n1 ');
      client.received = '';
      return client;
    }),
  );
}

function testDrain(part: string, file: string, proxy: ProxyKind): void {
  test(`no request is lost over reloads behind ${part}`, async () => {
    const site = await runwsgi(['-w', '2']);
    const port = await startProxy(file, proxy, [site.port]);
    const load = new Load({ port }, CLIENTS);
    for (const number of ['2', '3', '4']) {
      await load.more(400);
      site.write({ 'mysite/version.ts': version(number) });
      await site.reload();
    }
    await load.more(400);
    const { failures, bodies } = await load.end();
    expect(failures).toEqual([]);
    expect([...new Set([...bodies.keys()].map((body) => body[0]))].sort()).toEqual(['1', '2', '3', '4']);
  });

  test(`no request is lost when one of two servers behind ${part} is stopped and started again`, async () => {
    const sites = [await runwsgi(), await runwsgi()];
    const port = await startProxy(
      file,
      proxy,
      sites.map((site) => site.port),
    );
    const load = new Load({ port }, CLIENTS);
    for (const number of [0, 1, 0]) {
      await load.more(400);
      const site = sites[number]!;
      expect(await site.stop('SIGTERM')).toEqual({ code: 0, signal: null });
      await load.more(100);
      sites[number] = await runwsgi([], { bind: [`127.0.0.1:${site.port}`] });
    }
    await load.more(200);
    expect((await load.end()).failures).toEqual([]);
  });
}

describeWith(NGINX, (file) => testDrain('nginx', file, nginx));
describeWith(HAPROXY, (file) => testDrain('HAProxy', file, haproxy));

describe('without a proxy', () => {
  test('idle and unused connections end with FIN', async () => {
    const end = async (signal: 'SIGHUP' | 'SIGTERM') => {
      const site = await runwsgi();
      const unused = await RawClient.connect(site.port);
      const clients = [...(await idleConnections(site, 4)), unused];
      const ends = clients.map(endOf);
      site.signal(signal);
      expect(await Promise.all(ends)).toEqual(clients.map(() => 'end'));
      if (signal === 'SIGTERM') expect(await site.exit).toEqual({ code: 0, signal: null });
      expect(clients.map(({ received }) => received)).toEqual(clients.map(() => ''));
    };
    await Promise.all([end('SIGHUP'), end('SIGTERM')]);
  });

  for (const signal of ['SIGHUP', 'SIGTERM'] as const) {
    test(`a POST on an idle connection at the moment when ${signal} begins the drain is answered`, async () => {
      const site = await runwsgi(['-w', '2']);
      const clients = await idleConnections(site, 40);
      const unused = await Promise.all(Array.from({ length: 10 }, () => RawClient.connect(site.port)));
      const [half, rest] = [clients.slice(0, 20), [...clients.slice(20), ...unused]];
      site.signal(signal);
      const startedAt = performance.now();
      for (const [index, client] of half.entries()) {
        while (performance.now() - startedAt < index / 10); // a tenth of a millisecond apart
        client.send(POST);
      }
      await site.saw(signal === 'SIGHUP' ? /Worker \d+ serves\.[\s\S]*Reloading[\s\S]*serves/ : /Ending/);
      for (const client of rest) client.send(POST);
      await Promise.all([...half, ...rest].map((client) => client.until('\r\n\r\n1 ')));
      const ends = [...half, ...rest].filter(({ socket }) => !socket.readableEnded).map(endOf);
      expect(new Set(await Promise.all(ends))).toEqual(new Set(ends.length === 0 ? [] : ['end']));
      for (const { received } of rest) expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    });
  }

  test('continuous requests do not prevent the end of a server', async () => {
    const site = await runwsgi(['-w', '2', '--graceful-timeout', '600']);
    const ignores = (failure: string) => /on a new connection: ECONNREFUSED/.test(failure);
    const load = new Load({ port: site.port }, { keepAlive: 32, ignores });
    await load.more(500);
    await site.stop('SIGTERM');
    expect((await load.end()).failures).toEqual([]);
  });

  test('--drain-delay accepts requests for a while after TERM, also on new connections', async () => {
    const site = await runwsgi(['--drain-delay', '1']);
    const [kept] = await idleConnections(site, 1);
    const startedAt = Date.now();
    site.signal('SIGTERM');
    await site.saw(/Ending/);
    expect((await site.ask()).version).toBe('1');
    expect(await kept!.send(POST).until('\r\n\r\n1 ')).not.toMatch(/Connection: close/i);
    expect(await site.exit).toEqual({ code: 0, signal: null });
    expect(Date.now() - startedAt).toBeGreaterThan(950);
  });
});
