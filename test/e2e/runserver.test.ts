import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder, writeFiles } from '../_temp-folder.ts';
import {
  answering,
  Command,
  descendants,
  get,
  isAlive,
  runserver,
  SITE,
  sharedRunserver,
} from './_runserver.ts';

describe('settings', () => {
  const serve = sharedRunserver();

  const PRODUCTION = {
    'mysite/settings_production.ts': `export * from './settings.ts';\nexport const WSGI_APPLICATION = 'mysite.other.application';`,
    'mysite/other.ts': answering('production'),
  };

  test('package.json names the settings module', async () => {
    const site = await runserver(PRODUCTION);
    expect(site.output).toContain('settings mysite.settings');
    expect((await get(site.url)).body).toBe('home 1');
  });

  test('DJANGO_SETTINGS_MODULE takes precedence over package.json', async () => {
    const site = await runserver(PRODUCTION, [], { DJANGO_SETTINGS_MODULE: 'mysite.settings_production' });
    expect((await get(site.url)).body).toBe('production');
  });

  test('--settings takes precedence over both', async () => {
    const site = await runserver(PRODUCTION, ['--settings', 'mysite.settings_production'], {
      DJANGO_SETTINGS_MODULE: 'nope',
    });
    expect((await get(site.url)).body).toBe('production');
  });

  test('the settings module is set in the environment before user code runs', async () => {
    const site = await serve({
      'mysite/settings.ts': `export const seen = process.env.DJANGO_SETTINGS_MODULE;\n${SITE['mysite/settings.ts']}`,
      'mysite/wsgi.ts': answering('')
        .replace('JSON', 'JSON')
        .replace('encode("")', "encode((await import('./settings.ts')).seen!)")
        .replace('= (environ', '= async (environ'),
    });
    expect((await get(site.url)).body).toBe('mysite.settings');
  });

  test('wsgi.ts can set another settings module, as Django’s page describes', async () => {
    const site = await serve({
      'mysite/wsgi.ts': `
        import { getWsgiApplication } from 'startproject/wsgi';
        process.env.DJANGO_SETTINGS_MODULE = 'mysite.enforced';
        export const application = await getWsgiApplication();`,
      'mysite/enforced.ts': `export * from './settings.ts';\nexport const ROOT_URLCONF = 'mysite.enforced_urls';`,
      'mysite/enforced_urls.ts': `import { path } from 'startproject/urls';\nexport const urlpatterns = [path('', () => new Response('enforced'))];`,
    });
    expect((await get(site.url)).body).toBe('enforced');
  });

  test('without WSGI_APPLICATION the default application serves', async () => {
    const settings = SITE['mysite/settings.ts']!.replace(/export const WSGI_APPLICATION.*\n/, '');
    const site = await serve({ 'mysite/settings.ts': settings });
    expect((await get(site.url)).body).toBe('home 1');
  });

  test('the global Response stays Node’s own for all code of the site, and works as well as that of startproject/http', async () => {
    const site = await serve({
      'mysite/urls.ts': `
        import { Response as Light } from 'startproject/http';
        import { path } from 'startproject/urls';
        const fetched = await fetch('data:text/plain,x');
        const text = String(fetched.constructor === Response && new Light() instanceof Response);
        export const urlpatterns = [
          path('', () => new Response(text)),
          path('light/', () => new Light(text)),
          path('fetched/', () => fetch('data:text/plain,fetched')),
        ];`,
    });
    expect((await get(site.url)).body).toBe('true');
    expect((await get(`${site.url}light/`)).body).toBe('true');
    expect((await get(`${site.url}fetched/`)).body).toBe('fetched');
  });

  test('from a folder inside of the site, the site is found and is the working directory', async () => {
    const root = temporaryFolder({ ...SITE, 'mysite/wsgi.ts': answering('inside'), 'docs/readme.txt': '' });
    const command = new Command('runserver.js', ['0'], { cwd: path.join(root, 'docs') });
    const [, url] = await command.saw(/Development server at (\S+)/);
    expect((await get(url!)).body).toBe('inside');
    await command.stop();
  });

  test("--chdir changes to the site's folder first", async () => {
    const root = temporaryFolder(SITE);
    const command = new Command('runserver.js', ['0', '--chdir', root], { cwd: '/' });
    const [, url] = await command.saw(/Development server at (\S+)/);
    expect((await get(url!)).body).toBe('home 1');
    await command.stop();
  });

  test('a missing site is one clear line, and exit code 1', async () => {
    const command = new Command('runserver.js', ['0'], { cwd: temporaryFolder() });
    expect(await command.exit).toEqual({ code: 1, signal: null });
    expect(command.output).toMatch(/^Error: No site found: no settings module is named in .*\nHint: /);
  });
});

describe('the address and other arguments', () => {
  test.each([
    [['99999'], /^Error: Port 99999 does not exist\.\nHint: Ports go from 0 to 65535\./],
    [
      ['abc'],
      /^Error: Expected a port, or an address and a port, found 'abc'\.\nHint: Add the port: 'abc:8000'\./,
    ],
    [
      ['::1:8000'],
      /^Error: Expected a port, or an address and a port, found '::1:8000'\.\nHint: Put an IPv6 address into brackets: '\[::1\]:8000'\./,
    ],
    [['1.2.3.4:80', '-6'], /^Error: Expected an IPv6 address with --ipv6, found '1\.2\.3\.4'\./],
    [['192.0.2.1:8000'], /^Error: 192\.0\.2\.1 is not an address of this machine\.\nHint: Use 127\.0\.0\.1/],
  ])('%j is refused in one line with a hint', async (args, message) => {
    const command = new Command('runserver.js', args, { cwd: temporaryFolder(SITE) });
    expect(await command.exit).toEqual({ code: 1, signal: null });
    expect(command.output).toMatch(message);
    expect(command.output.trimEnd().split('\n')).toHaveLength(2);
  });

  test('a port in use is reported with the other process and a command that works', async () => {
    const holder = net.createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as net.AddressInfo;
    const command = new Command('runserver.js', [String(port)], { cwd: temporaryFolder(SITE) });
    expect(await command.exit).toEqual({ code: 1, signal: null });
    expect(command.output).toMatch(
      new RegExp(
        `^Error: 127\\.0\\.0\\.1:${port} is already in use by '.+', process ${process.pid}\\.\nHint: Stop it \\(kill ${process.pid}\\), or type: node \\S+/bin/runserver\\.js ${port + 1}\n`,
      ),
    );
    holder.close();
  });

  test('an IPv6 address is served', async () => {
    const command = new Command('runserver.js', ['[::1]:0'], { cwd: temporaryFolder(SITE) });
    const [, url] = await command.saw(/Development server at (http:\/\/\[::1\]:\d+\/)/);
    expect((await get(url!)).body).toBe('home 1');
    await command.stop();
  });

  test('HTTPS on the HTTP port is explained in the log', async () => {
    const site = await runserver({});
    const socket = net.connect(Number(new URL(site.url).port), '127.0.0.1');
    socket.on('error', () => {}).write(Buffer.from('16030100c8010000c40303', 'hex'));
    await site.saw(/HTTPS.*only.*HTTP/i);
    socket.destroy();
  });

  test('an unknown flag suggests the nearest one, and exits with 2', async () => {
    const command = new Command('runserver.js', ['--noreloud'], { cwd: temporaryFolder(SITE) });
    expect(await command.exit).toEqual({ code: 2, signal: null });
    expect(command.output).toMatch(/unknown option '--noreloud'\n\(Did you mean --noreload\?\)/);
  });

  test.each(['--help', '--version'])('%s starts nothing and exits with 0', async (flag) => {
    const command = new Command('runserver.js', [flag], { cwd: temporaryFolder() });
    expect(await command.exit).toEqual({ code: 0, signal: null });
  });
});

test('the compiled code of this package is saved, and the next start uses it', async () => {
  const site = await runserver({});
  const folder = path.join(site.root, '.cache/startproject');
  await get(site.url);
  await expect.poll(() => compiledCode(folder) !== undefined).toBe(true);
  await site.stop();
  const { mtimeMs } = statSync(compiledCode(folder)!);
  const next = await runserver({}, [], { XDG_CACHE_HOME: path.join(site.root, '.cache') });
  expect((await get(next.url)).body).toBe('home 1');
  await next.saw(/"GET/);
  expect(statSync(compiledCode(folder)!).mtimeMs).toBe(mtimeMs);
});

function compiledCode(folder: string): string | undefined {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names
    .filter((name) => /^code-[^.]+\.[^.]+\.[^.]+-\w+$/.test(name))
    .map((name) => path.join(folder, name))[0];
}

describe('requests', () => {
  const serve = sharedRunserver();

  test('have a line in the log each, in Django’s form, with the duration', async () => {
    const site = await serve();
    await get(site.url);
    await site.saw(
      /^\[\d\d\/[A-Z][a-z]{2}\/\d{4} \d\d:\d\d:\d\d\] "GET \/ HTTP\/1\.1" 200 6 in \d+(?:\.\d)? ms$/m,
    );
    await get(new URL('/nope?x=%00', site.url));
    await site.saw(/"GET \/nope\?x=%00 HTTP\/1\.1" 404 \d+ in /m);
  });

  test('close their connection, so that every request passes the gate', async () => {
    const site = await serve();
    expect((await get(site.url, { headers: { connection: 'keep-alive' } })).headers.connection).toBe('close');
  });

  test('with an upload larger than one read arrive whole', async () => {
    const site = await serve({
      'mysite/wsgi.ts': `
        export const application = async (environ, startResponse) => {
          const body = await environ['wsgi.input'].read();
          startResponse('200 OK', [['Content-Type', 'text/plain']]);
          return [new TextEncoder().encode(String(body.length) + body.every((byte, i) => byte === 97 + (i % 26)))];
        };`,
    });
    const body = 'abcdefghijklmnopqrstuvwxyz'.repeat(100_000);
    expect((await get(site.url, { method: 'POST', body })).body).toBe(`${body.length}true`);
  });

  test('on a connection that was opened before a save get the new code', async () => {
    const site = await serve({ 'mysite/wsgi.ts': answering('old') });
    await get(site.url);
    const socket = net.connect(Number(new URL(site.url).port), '127.0.0.1').setEncoding('latin1');
    await once(socket, 'connect');
    writeFiles(site.root, { 'mysite/wsgi.ts': answering('new') });
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    let answer = '';
    for await (const text of socket) answer += text;
    expect(answer).toMatch(/\r\n\r\n.*new/s);
  });

  test('that are in flight at a reload end with the old code', async () => {
    const site = await runserver({
      'mysite/wsgi.ts': `
        import { existsSync } from 'node:fs';
        import { setTimeout } from 'node:timers/promises';
        export const application = async function* (environ, startResponse) {};
        export { slow as app };
        async function* blocks() {
          yield new TextEncoder().encode('begun ');
          while (!existsSync('go-on')) await setTimeout(5);
          yield new TextEncoder().encode('on the old code');
        }
        function slow(environ, startResponse) {
          startResponse('200 OK', [['Content-Type', 'text/plain']]);
          return blocks();
        }`,
      'mysite/settings.ts': SITE['mysite/settings.ts']!.replace('wsgi.application', 'wsgi.app'),
    });
    const socket = net.connect(Number(new URL(site.url).port), '127.0.0.1').setEncoding('latin1');
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    let answer = '';
    socket.on('data', (text) => {
      answer += text;
    });
    while (!answer.includes('begun')) await once(socket, 'data');
    writeFiles(site.root, {
      'mysite/settings.ts': SITE['mysite/settings.ts']!,
      'mysite/wsgi.ts': answering('new code'),
    });
    expect((await get(site.url)).body).toBe('new code');
    const ended = once(socket, 'end');
    writeFiles(site.root, { 'go-on': '' });
    await ended;
    expect(answer).toMatch(/begun .*on the old code/s);
  });
});

describe('runserver survives', () => {
  const serve = sharedRunserver();

  test('a site with an error at the start', async () => {
    const site = await runserver({ 'mysite/settings.ts': 'export const DEBUG = ;' });
    expect((await get(site.url)).body).toMatch(/settings\.ts:1:22: syntax error/);
    writeFiles(site.root, { 'mysite/settings.ts': SITE['mysite/settings.ts']! });
    expect((await get(site.url)).body).toBe('home 1');
  });

  test('process.exit() while the site loads', async () => {
    const site = await serve();
    writeFiles(site.root, { 'mysite/wsgi.ts': 'process.exit(3)' });
    const { status, body } = await get(site.url);
    expect([status, body]).toEqual([500, expect.stringMatching(/process exited with code 3.*wsgi\.ts:1:9/s)]);
    writeFiles(site.root, { 'mysite/wsgi.ts': answering('back') });
    expect((await get(site.url)).body).toBe('back');
  });

  test('process.exit() in a view', async () => {
    const site = await serve({
      'mysite/urls.ts': `
      import { path } from 'startproject/urls';
      export const urlpatterns = [path('', () => new Response('ok')), path('exit', () => process.exit(1))];`,
    });
    expect((await get(new URL('/exit', site.url))).status).toBe(502);
    await site.saw(/process exited with code 1/);
    expect((await get(site.url)).body).toBe('ok');
  });

  test('uncaught errors in timers and unhandled rejections', async () => {
    const site = await runserver({
      'mysite/wsgi.ts': `setTimeout(() => { throw new Error('from a timer') });\nPromise.reject(new Error('unhandled'));\n${answering('alive')}`,
    });
    await site.saw(/Uncaught exception.*\nmysite\/wsgi\.ts:1:26: Error: from a timer\n/);
    await site.saw(/Unhandled rejection.*\nmysite\/wsgi\.ts:2:16: Error: unhandled\n/);
    expect((await get(site.url)).body).toBe('alive');
  });

  test('a killed worker', async () => {
    const site = await runserver({ 'mysite/wsgi.ts': answering('alive') });
    expect((await get(site.url)).body).toBe('alive');
    for (const pid of descendants(site.process.pid!)) process.kill(pid, 'SIGKILL');
    await site.saw(/process was ended by SIGKILL/);
    expect((await get(site.url)).body).toBe('alive');
  });

  test('a module that loads without end, until it is fixed, while requests wait', async () => {
    const site = await serve({ 'mysite/wsgi.ts': answering('fine') });
    await get(site.url);
    writeFiles(site.root, { 'mysite/wsgi.ts': 'for (;;);' });
    const waiting = get(site.url);
    await site.saw(/still loading/);
    writeFiles(site.root, { 'mysite/wsgi.ts': answering('fixed') });
    expect((await waiting).body).toBe('fixed');
  });
});

describe('runserver ends at once and leaves no process behind', () => {
  const STATES: [string, string][] = [
    ['serving', answering('x')],
    ['broken', 'throw new Error("broken")'],
    ['waiting for a module that loads for long', 'await new Promise(() => setInterval(() => {}, 1000))'],
    ['hung in a loop', 'for (;;);'],
  ];
  test.each(STATES)('when %s', async (_state, code) => {
    const site = await runserver({ 'mysite/wsgi.ts': `process.stdout.write('code runs\\n');\n${code}` });
    await site.saw(/code runs/);
    const workers = descendants(site.process.pid!);
    expect(workers.length).toBeGreaterThan(0);
    expect(await site.stop('SIGINT')).toEqual({ code: 130, signal: null });
    await expect.poll(() => workers.filter(isAlive)).toEqual([]);
  });

  test('while it starts', async () => {
    const command = new Command('runserver.js', ['0'], { cwd: temporaryFolder(SITE) });
    await once(command.process, 'spawn');
    await expect.poll(() => descendants(command.process.pid!).length).toBeGreaterThan(0);
    const workers = descendants(command.process.pid!);
    await command.stop('SIGTERM');
    await expect.poll(() => workers.filter(isAlive)).toEqual([]);
  });

  test('when the parent process is killed', async () => {
    const site = await runserver({});
    await get(site.url);
    const workers = descendants(site.process.pid!);
    await site.stop('SIGKILL');
    await expect.poll(() => workers.filter(isAlive)).toEqual([]);
  });
});

describe('flags', () => {
  test('--poll reloads without events of the file system', async () => {
    const site = await runserver({ 'mysite/wsgi.ts': answering('old') }, ['--poll', '50']);
    expect((await get(site.url)).body).toBe('old');
    writeFiles(site.root, { 'mysite/wsgi.ts': answering('new') });
    expect((await get(site.url)).body).toBe('new');
  });

  const WITHOUT_HOSTS = {
    'mysite/settings.ts': SITE['mysite/settings.ts']!.replace('DEBUG = true', 'DEBUG = false'),
  };
  test('a site without DEBUG must list its hosts', async () => {
    const site = await runserver(WITHOUT_HOSTS);
    const page = await get(site.url);
    expect([page.status, page.body]).toEqual([500, expect.stringContaining('could not be loaded')]);
    await site.saw(/DEBUG is false and ALLOWED_HOSTS names no host/);
  });

  test('--skip-checks serves such a site too', async () => {
    const site = await runserver({ ...WITHOUT_HOSTS, 'mysite/wsgi.ts': answering('unchecked') }, [
      '--skip-checks',
    ]);
    expect((await get(site.url)).body).toBe('unchecked');
  });

  test('--inspect lets a debugger attach, also to each new generation', async () => {
    const site = await runserver({}, ['--inspect', '0']);
    await site.saw(/Debugger listening on ws:\/\/127\.0\.0\.1:\d+\//);
    // It listens before the site is loaded, which may come to read what is saved next.
    expect((await get(site.url)).body).toBe('home 1');
    const seen = site.output.length;
    writeFiles(site.root, { 'mysite/wsgi.ts': answering('next') });
    await site.saw(/Debugger listening on/, seen);
    expect((await get(site.url)).body).toBe('next');
  });

  test('--open opens the site in the browser', async () => {
    const tools = temporaryFolder({
      'xdg-open': '#!/bin/sh\necho "opening $1" > opened.tmp && mv opened.tmp opened\n',
    });
    chmodSync(path.join(tools, 'xdg-open'), 0o755);
    const site = await runserver({}, ['--open'], { PATH: `${tools}:${process.env.PATH}` });
    await expect.poll(() => existsSync(path.join(site.root, 'opened'))).toBe(true);
    expect(readFileSync(path.join(site.root, 'opened'), 'utf8')).toBe(`opening ${site.url}\n`);
  });

  test.each([
    ['--poll', 'soon'],
    ['--inspect', 'here'],
  ])('%s %s is a usage error', async (...args) => {
    const command = new Command('runserver.js', args, { cwd: temporaryFolder(SITE) });
    expect(await command.exit).toEqual({ code: 2, signal: null });
    expect(command.output).toMatch(/^Error: --(?:poll|inspect) takes .*, and got '(?:soon|here)'\./);
  });
});

describe('--noreload', () => {
  test('serves in one process', async () => {
    const site = await runserver({}, ['--noreload']);
    expect((await get(site.url)).body).toBe('home 1');
    expect(descendants(site.process.pid!)).toEqual([]);
    await site.saw(/"GET \/ HTTP\/1\.1" 200 6/);
    expect(await site.stop()).toEqual({ code: 130, signal: null });
  });

  test('fails with the error of a site that does not load', async () => {
    const root = temporaryFolder({ ...SITE, 'mysite/wsgi.ts': 'export const application = 1' });
    const command = new Command('runserver.js', ['0', '--noreload'], { cwd: root });
    expect(await command.exit).toEqual({ code: 1, signal: null });
    expect(command.output).toMatch(
      /^Error: WSGI_APPLICATION 'mysite\.wsgi\.application' is not callable: found number/,
    );
  });
});
