import { once } from 'node:events';
import { readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { temporaryFolder, writeFiles } from '../_temp-folder.ts';
import { launchChromium } from './_chromium.ts';
import { CHROMIUM, describeWith } from './_real-parts.ts';
import { get, runserver } from './_runserver.ts';
import { PRODUCTION_SITE, runwsgi } from './_runwsgi.ts';

const PACKAGES = fileURLToPath(new URL('../../node_modules', import.meta.url));

const PAGE = readFileSync(new URL('../../docs/websockets.md', import.meta.url), 'utf8');
const RECIPE = /```ts\n(.*?)```/s.exec(PAGE)![1]!;

/** The recipe of the documentation, which says a text of its own before the echo. */
const wsgi = (greeting: string) => RECIPE.replace('You said', greeting);

const served = (flags: readonly string[] = []) =>
  runserver({ 'mysite/wsgi.ts': wsgi('one') }, flags, undefined, PACKAGES);

async function connect(url: string): Promise<WebSocket> {
  const client = new WebSocket(url.replace('http', 'ws'), { origin: new URL(url).origin });
  onTestFinished(() => client.terminate());
  await once(client, 'open');
  return client;
}

async function say(client: WebSocket, text: string): Promise<string> {
  client.send(text);
  const [data] = await once(client, 'message');
  return String(data);
}

test.each([
  ['with reload', []],
  ['in one process', ['--noreload']],
])('runserver %s serves WebSockets', async (_, flags) => {
  const site = await served(flags);
  const client = await connect(site.url);
  expect(await say(client, 'hello')).toBe('one hello');
  if (flags.length > 0) return;
  const closed = once(client, 'close');
  writeFiles(site.root, { 'mysite/wsgi.ts': wsgi('two') });
  expect((await get(site.url)).status).toBe(200);
  await closed;
  expect(await say(await connect(site.url), 'hello')).toBe('two hello');
});

test('runserver refuses a handshake when the site has no handler', async () => {
  const site = await runserver({});
  const client = new WebSocket(site.url.replace('http', 'ws'));
  const [, response] = await once(client, 'unexpected-response');
  client.on('error', () => {});
  client.terminate();
  expect(response.statusCode).toBe(426);
});

test('runwsgi serves WebSockets, and closes them at a reload', async () => {
  const root = temporaryFolder({ ...PRODUCTION_SITE, 'mysite/wsgi.ts': wsgi('one') });
  symlinkSync(PACKAGES, path.join(root, 'node_modules'));
  const server = await runwsgi(['--workers', '1'], { cwd: root });
  const client = await connect(server.url);
  expect(await say(client, 'hello')).toBe('one hello');
  const closed = once(client, 'close');
  writeFiles(root, { 'mysite/wsgi.ts': wsgi('two') });
  server.process.kill('SIGHUP');
  await closed;
  expect(await say(await connect(server.url), 'hello')).toBe('two hello');
});

describeWith(CHROMIUM, (executablePath) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium(executablePath);
  });
  afterAll(() => browser.close());

  test('a page exchanges messages with its site', async () => {
    const site = await served();
    const tab = await browser.newPage();
    onTestFinished(() => tab.close());
    await tab.goto(site.url);
    const said = await tab.evaluate(
      `new Promise((resolve, reject) => {
        const socket = new WebSocket(location.href.replace('http', 'ws'));
        socket.onmessage = ({ data }) => resolve(data);
        socket.onerror = () => reject(new Error('no connection'));
        socket.onopen = () => socket.send('from the page');
      })`,
    );
    expect(said).toBe('one from the page');
  });
});
