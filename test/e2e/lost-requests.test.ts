import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../_temp-folder.ts';
import { selfSigned } from '../conformance/_certificate.ts';
import { Command, get, runserver, SITE, secureGet } from './_runserver.ts';

const RUNSERVER = fileURLToPath(new URL('../../bin/runserver.js', import.meta.url));

const FILES = {
  'mysite/urls.ts': `
import { path } from 'startproject/urls';

function leave(): Response {
  process.exit(3);
}

function spin(): Response {
  for (;;);
}

export const urlpatterns = [
  path('', () => new Response('home')),
  path('leave/', leave),
  path('spin/', spin),
  path('pid/', () => new Response(String(process.pid))),
  path('error/', () => Response.error()),
];
`,
};

const HTML = { headers: { accept: 'text/html' } };

describe('a request whose view ends the process', () => {
  test('gets a page about it, and the terminal shows the place', async () => {
    const site = await runserver(FILES);
    const leave = new URL('/leave/', site.url);
    const page = await get(leave, HTML);
    expect([page.status, page.headers['content-type']]).toEqual([502, 'text/html; charset=utf-8']);
    expect(page.body).toContain('The site&#39;s process ended before it had answered');
    expect(page.body).toMatch(/Open in editor/);
    expect(page.body).toContain('__startproject__/live');
    const { body } = await get(leave);
    expect(body).toMatch(
      /mysite\/urls\.ts:5:\d+: The site's process exited with code 3\.(?:.*\n)+> 5 \| {3}process\.exit\(3\)/,
    );
    await site.saw(
      /^mysite\/urls\.ts:5:\d+: The site's process exited with code 3.*\n\n.*\n.*\n +> 5 \| .*\n(?:.*\n)+ +at leave/m,
    );
    await site.saw(/"GET \/leave\/ HTTP\/1\.1" 502 \d+ in /);
    expect((await get(site.url)).body).toBe('home');
  });

  test('gets no details from a site without DEBUG', async () => {
    const settings = `${SITE['mysite/settings.ts']}`
      .replace('DEBUG = true', 'DEBUG = false')
      .replace('[] = []', "[] = ['*']");
    const site = await runserver({ ...FILES, 'mysite/settings.ts': settings });
    for (const options of [HTML, {}]) {
      const { status, body } = await get(new URL('/leave/', site.url), options);
      expect([status, body]).toEqual([
        502,
        expect.stringContaining('The terminal of the server shows the reason.'),
      ]);
      expect(body).not.toMatch(/urls\.ts|process\.exit/);
    }
  });

  test('is answered with TLS, where only that process has the keys', async () => {
    const { cert, key } = selfSigned({ CN: 'localhost' });
    const folder = temporaryFolder({ 'both.pem': `${cert}\n${key}` });
    const site = await runserver(FILES, ['--certfile', path.join(folder, 'both.pem')]);
    const { status, body } = await secureGet(new URL('/leave/', site.url), HTML);
    expect([status, body]).toEqual([
      502,
      expect.stringContaining('The site&#39;s process exited with code 3.'),
    ]);
    expect(body).toContain('__startproject__/live');
    await site.saw(/"GET \/leave\/ HTTP\/1\.1" 502 \d+ in /);
    expect((await secureGet(new URL(site.url))).body).toBe('home');
  });

  test('is answered and reported with --noreload, where the server ends too', async () => {
    const command = new Command('runserver.js', ['0', '--noreload'], {
      cwd: temporaryFolder({ ...SITE, ...FILES }),
    });
    const [, url] = await command.saw(/Development server at (\S+)/);
    const { status, body } = await get(new URL('/leave/', url));
    expect([status, body]).toEqual([
      502,
      expect.stringMatching(/> 5 \| {3}process\.exit[\s\S]*Start it again\.\n$/),
    ]);
    expect((await command.exit).code).toBe(3);
    expect(command.output).toContain('"GET /leave/ HTTP/1.1" 502');
    expect(command.output).toMatch(/mysite\/urls\.ts:5:\d+: The site's process exited with code 3\./);
  });
});

test('a request in an endless loop is answered when its process is ended, and the terminal shows the place', async () => {
  const site = await runserver(FILES);
  const pid = Number((await get(new URL('/pid/', site.url))).body);
  const spinning = get(new URL('/spin/', site.url), HTML);
  await site.saw(/^mysite\/urls\.ts:9:\d+: A request has kept the site's process busy(?:.*\n)+ +at spin/m);
  expect((await get(site.url)).body).toBe('home');
  process.kill(pid, 'SIGTERM'); // As runserver itself does 30 s later.
  const { status, body } = await spinning;
  expect([status, body]).toEqual([
    502,
    expect.stringMatching(/<h1>A request kept the site&#39;s process busy[\s\S]*urls\.ts:9:\d+/),
  ]);
  await site.saw(/The site's process \(\d+\) was ended/);
  await site.saw(/"GET \/spin\/ HTTP\/1\.1" 502 /);
  expect(site.output).not.toContain('Debugger');
});

test("a log file contains the site's lines in order, and none about a debugger", async () => {
  const root = temporaryFolder({
    ...SITE,
    'mysite/urls.ts': `${FILES['mysite/urls.ts']}console.log('to stdout');\nconsole.error('to stderr');`,
  });
  const log = path.join(root, 'site.log');
  const said = () => readFileSync(log, 'utf8');
  const descriptor = openSync(log, 'w');
  const server = spawn(process.execPath, [RUNSERVER, '0', '--skip-checks'], {
    cwd: root,
    stdio: ['ignore', descriptor, descriptor],
  });
  closeSync(descriptor);
  onTestFinished(async () => {
    server.kill('SIGKILL');
    await once(server, 'exit');
  });
  await expect.poll(said, { timeout: 20_000 }).toMatch(/Development server at/);
  await expect.poll(said, { timeout: 20_000 }).toContain('to stdout\nto stderr\n');
  const [, url] = /Development server at (\S+)/.exec(said())!;
  get(new URL('/spin/', url)).catch(() => {});
  await expect.poll(said, { timeout: 20_000 }).toMatch(/has kept the site's process busy/);
  expect(said()).not.toContain('Debugger');
});

test('Response.error() gets an error page with advice', async () => {
  const site = await runserver(FILES);
  const { status, body } = await get(new URL('/error/', site.url));
  expect([status, body]).toEqual([
    500,
    expect.stringMatching(/returned Response\.error\(\).*no status.*status: 500/s),
  ]);
});
