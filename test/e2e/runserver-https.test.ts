import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { temporaryFolder, writeFiles } from '../_temp-folder.ts';
import { selfSigned } from '../conformance/_certificate.ts';
import { launchChromium } from './_chromium.ts';
import { CHROMIUM, describeWith } from './_real-parts.ts';
import { Command, runserver, secureGet } from './_runserver.ts';

const URLS = (text: string) => `
import { Response } from 'startproject/http';
import { path } from 'startproject/urls';
export const urlpatterns = [
  path('', (request) => new Response(\`<h1>${text}</h1>\${request.url}\`, { headers: { 'content-type': 'text/html' } })),
];`;

test.each([
  ['with reload', []],
  ['in one process', ['--noreload']],
])('a site is served by HTTPS %s', async (_, flags) => {
  const { cert, key } = selfSigned({ CN: 'localhost' });
  const folder = temporaryFolder({ 'both.pem': `${cert}\n${key}` });
  const site = await runserver({ 'mysite/urls.ts': URLS('one') }, [
    ...flags,
    '--certfile',
    path.join(folder, 'both.pem'),
  ]);
  expect(site.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/$/);
  expect((await secureGet(site.url)).body).toBe(`<h1>one</h1>${site.url}`);
  if (flags.length > 0) return;
  writeFiles(site.root, { 'mysite/urls.ts': URLS('two') });
  expect((await secureGet(site.url)).body).toContain('two');
});

test.each([
  [['--keyfile', 'key.pem'], 2, '--keyfile is the key of a certificate, and there is no --certfile.'],
  [['--certfile', 'none.pem'], 1, 'none.pem does not exist.'],
])('%j are usage errors', async (flags, code, message) => {
  const root = temporaryFolder({ 'package.json': '{ "startproject": { "settings": "mysite.settings" } }' });
  const command = new Command('runserver.js', ['0', ...flags], { cwd: root });
  onTestFinished(async () => void (await command.stop('SIGKILL')));
  expect((await command.exit).code).toBe(code);
  expect(command.output).toContain(message);
});

describeWith(CHROMIUM, (executablePath) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium(executablePath);
  });
  afterAll(() => browser.close());

  test('a page reloads through HTTPS', async () => {
    const folder = temporaryFolder();
    const [certfile, keyfile] = [path.join(folder, 'cert.pem'), path.join(folder, 'key.pem')];
    const words = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -out ${certfile} -keyout ${keyfile}`;
    expect(spawnSync('openssl', words.split(' ')).status).toBe(0);
    const site = await runserver({ 'mysite/urls.ts': URLS('one') }, [
      '--certfile',
      certfile,
      '--keyfile',
      keyfile,
    ]);
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    onTestFinished(() => context.close());
    const tab = await context.newPage();
    await tab.goto(site.url);
    await tab.getByText('one').waitFor();
    writeFiles(site.root, { 'mysite/urls.ts': URLS('two') });
    await tab.getByText('two').waitFor();
    expect(site.output).not.toContain('__startproject__');
  });
});
