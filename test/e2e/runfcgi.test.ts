import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createGatewayServer } from '../../src/servers/index.ts';
import { temporaryFolder } from '../_temp-folder.ts';
import { untilRefused } from '../servers/http/_http.ts';
import { Load } from './_load.ts';
import { startProxy } from './_proxies.ts';
import { CGI_FCGI, describeWith, HAPROXY, NGINX } from './_real-parts.ts';
import { askByFastcgi, Fcgi, haproxyWithFastcgi, type Protocol, runfcgi } from './_runfcgi.ts';
import { get, isAlive } from './_runserver.ts';
import { placeOf, requestInHand, version } from './_runwsgi.ts';

const PROTOCOLS = ['fcgi', 'scgi', 'uwsgi'] as const satisfies readonly Protocol[];

/** The versions of the code that a load was answered by. */
function versionsOf(load: Load): string[] {
  return [...new Set([...load.bodies.keys()].map((body) => body.split(' ')[0]!))].sort();
}

describeWith(NGINX, (nginx) => {
  test.each(PROTOCOLS)('by %s, HUP loads new code without losing a request under load', async (protocol) => {
    const site = await runfcgi([`protocol=${protocol}`, 'maxchildren=2']);
    await site.behind(nginx, protocol);
    const load = new Load({ port: site.port }, { keepAlive: 8, oneRequest: 4 });
    for (const number of ['2', '3']) {
      await load.more(200);
      site.write({ 'mysite/version.ts': version(number) });
      expect(await site.reload()).toMatch(/Reloaded/);
    }
    await load.more(200);
    expect((await load.end()).failures).toEqual([]);
    expect(versionsOf(load)).toEqual(['1', '2', '3']);
  });

  test.each(PROTOCOLS)('by %s, TERM lets open requests be answered', async (protocol) => {
    const site = await runfcgi([`protocol=${protocol}`]);
    await site.behind(nginx, protocol);
    const client = await requestInHand(site);
    site.signal('SIGTERM');
    await expect.poll(() => existsSync(site.socket)).toBe(false);
    client.send('cd');
    await expect.poll(() => client.received).toMatch(/^HTTP\/1\.1 200 .*1 \d+/s);
    expect(await site.exit).toEqual({ code: 0, signal: null });
  });

  test('USR2 starts another server on the socket without losing a request', async () => {
    const site = await (await runfcgi()).behind(nginx);
    const load = new Load({ port: site.port }, { keepAlive: 8, oneRequest: 4 });
    await load.more(200);
    site.write({ 'mysite/version.ts': version('2') });
    site.signal('SIGUSR2');
    const [, next] = await site.saw(/Process (\d+) serves now/);
    onTestFinished(() => {
      if (isAlive(Number(next))) process.kill(Number(next), 'SIGKILL');
    });
    await site.saw(/Ended\./);
    await load.more(200);
    expect((await load.end()).failures).toEqual([]);
    expect(versionsOf(load)).toEqual(['1', '2']);
    process.kill(Number(next), 'SIGTERM');
    await expect.poll(() => existsSync(site.socket)).toBe(false);
  });

  test('workers are replaced after maxrequests without losing a request', async () => {
    const site = await (await runfcgi(['maxrequests=50', 'maxchildren=2'])).behind(nginx);
    const load = new Load({ port: site.port }, { keepAlive: 8 });
    await load.more(400);
    expect((await load.end()).failures).toEqual([]);
    const [, pid] = await site.saw(/Worker (\d+) is replaced: /);
    await expect.poll(() => isAlive(Number(pid))).toBe(false);
  });

  test('a blocked worker is killed with a report of its stack and request, and clients get 503 in the meantime', async () => {
    const site = await (await runfcgi(['-t', '3', '--queue-timeout', '1'])).behind(nginx);
    const hanging = get(`${site.url}/loop?a=b`, { method: 'POST' }); // nginx would send a GET once more
    await site.saw(/^looping$/m);
    const refused = await get(site.url);
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '5']);
    expect((await hanging).status).toBe(502);
    const [certificate] = await site.saw(/Worker \d+ died: .*\n(?: {4}.*\n)+/);
    expect(certificate).toContain('it did not answer for 3 s (--timeout)');
    expect(certificate).toContain(placeOf('for (;;) kept.length'));
    expect(certificate).toMatch(/Open requests: 1\n +POST \/loop\?a=b /);
    await expect.poll(async () => (await get(site.url)).status).toBe(200);
  });

  test('the access log has the client that the web server reports', async () => {
    const site = await (await runfcgi(['--access-logfile', '-'])).behind(nginx);
    await get(`${site.url}/page?q=1`, { headers: { 'User-Agent': 'tests' } });
    await site.saw(/^127\.0\.0\.1 - - \[.*\] "GET \/page\?q=1 HTTP\/1\.1" 200 \d+ "-" "tests"$/m);
  });

  test('one of several sites can have its own protocol', async () => {
    const files = {
      'wsgi.config.ts': `export default {
        sites: {
          shop: { protocol: 'http', bind: ['127.0.0.1:0'] },
          blog: { protocol: 'uwsgi', bind: ['unix:site.sock'] },
        },
      };\n`,
    };
    const site = new Fcgi([], { files });
    const [line] = await site.saw(/Serving at http:.*\n/);
    await site.saw(/\[blog\] Serving at unix:.*site\.sock \(uwsgi\)\n/);
    site.servesAt(line);
    expect((await site.ask()).version).toBe('1');
    expect((await (await site.behind(nginx, 'uwsgi')).ask()).version).toBe('1');
  });
});

describeWith(HAPROXY, (file) => {
  test('HUP behind HAProxy with multiplexed connections loses no request that HAProxy can send again', async () => {
    const site = await runfcgi(['maxchildren=2']);
    const port = await startProxy(file, haproxyWithFastcgi(site.socket), []);
    const load = new Load({ port }, { keepAlive: 8, oneRequest: 4 });
    await load.more(200);
    site.write({ 'mysite/version.ts': version('2') });
    expect(await site.reload()).toMatch(/Reloaded/);
    await load.more(200);
    expect((await load.end()).failures).toEqual([]);
    expect(versionsOf(load)).toEqual(['1', '2']);
  });
});

describeWith(HAPROXY, (file) => {
  test('HAProxy accepts text on wsgi.errors, also without a response', async () => {
    const server = createGatewayServer(
      async (environ, startResponse) => {
        environ['wsgi.errors'].write('trouble\n');
        await new Promise((resolve) => setTimeout(resolve, 5)); // HAProxy reads it meanwhile
        startResponse('200 OK', []);
        return [Buffer.from('ok')];
      },
      { protocol: 'fcgi', errors: { write() {}, writelines() {}, flush() {} } },
    );
    onTestFinished(() => server.close({ timeoutMs: 0 }));
    const socket = path.join(temporaryFolder(), 'site.sock');
    await server.listen({ path: socket });
    const port = await startProxy(file, haproxyWithFastcgi(socket), []);
    for (let i = 0; i < 10; i++) expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('ok');
  });
});

describeWith(CGI_FCGI, (cgiFcgi) => {
  test('host and port are served, and status, inject, reload and stop reach the server', async () => {
    const site = await new Fcgi(['host=127.0.0.1', 'port=0', 'daemonize=false']).started();
    const [, address] = await site.saw(/Serving at fcgi:\/\/(127\.0\.0\.1:\d+)\n/);
    const response = await askByFastcgi(cgiFcgi, address!);
    expect(response).toMatch(/^Status: 200 OK\r\n(?:.+\r\n)*\r\n1 \d+$/);
    const command = async (...words: string[]) => {
      const { exit, output } = await ended(new Fcgi(words, { cwd: site.root }));
      return [exit, output] as const;
    };
    expect(await command('status')).toEqual([0, expect.stringContaining(`fcgi://${address}`)]);
    expect(await command('inject', 'GET', '/')).toEqual([0, expect.stringMatching(/1 \d+$/)]);
    site.write({ 'mysite/version.ts': version('2') });
    expect(await command('reload')).toEqual([0, 'default: generation 2, 1 worker\n']);
    expect(await askByFastcgi(cgiFcgi, address!)).toMatch(/\r\n\r\n2 \d+$/);
    expect(await command('stop')).toEqual([0, `The server has ended (process ${site.pid}).\n`]);
    await untilRefused(Number(address!.split(':')[1]));
  });
});

async function ended(command: Fcgi) {
  const { code } = await command.exit;
  return { exit: code, output: command.output };
}
