import { once } from 'node:events';
import net from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Files, writeFiles } from '../_temp-folder.ts';
import { launchChromium } from './_chromium.ts';
import { CHROMIUM, describeWith } from './_real-parts.ts';
import { Command, get, type RunningSite, runserver, sharedRunserver } from './_runserver.ts';

const PACKAGES = fileURLToPath(new URL('../../node_modules', import.meta.url));
const LIVE = '/__startproject__/live';
const NAVIGATION = { accept: 'text/html', 'sec-fetch-dest': 'document' };

/** A site whose page is this HTML. */
function page(html: string, headers: readonly (readonly [string, string])[] = []): Files {
  const all = [['Content-Type', 'text/html; charset=utf-8'], ...headers];
  return {
    'mysite/wsgi.ts': `export const application = (environ: any, startResponse: any) => {
      startResponse('200 OK', ${JSON.stringify(all)});
      return [new TextEncoder().encode(${JSON.stringify(html)})];
    };`,
  };
}

describe('the live reload script', () => {
  const serve = sharedRunserver();

  test('is added to a page that a browser opens, and its Content-Length includes it', async () => {
    const site = await serve(page('<p>page</p>', [['Content-Length', '11']]));
    const { body, headers } = await get(site.url, { headers: NAVIGATION });
    expect(body).toMatch(/^<p>page<\/p><script>.*EventSource.*<\/script>\n$/s);
    expect(headers['content-length']).toBe(String(Buffer.byteLength(body)));
  });

  test('has the nonce of the page’s own policy', async () => {
    const site = await serve(
      page('<p>page</p>', [['Content-Security-Policy', "script-src 'nonce-abc123='"]]),
    );
    expect((await get(site.url, { headers: NAVIGATION })).body).toContain('<script nonce="abc123=">');
  });

  test('is not added when a policy forbids it, and the terminal reports that once', async () => {
    const files = page('<p>page</p>', [['Content-Security-Policy', "default-src 'self'"]]);
    const site = await runserver(files);
    expect((await get(site.url, { headers: NAVIGATION })).body).toBe('<p>page</p>');
    await site.saw(/Live reload is off on pages whose Content-Security-Policy has "default-src 'self'"/);
    writeFiles(site.root, { 'mysite/wsgi.ts': files['mysite/wsgi.ts']!.replace('page', 'next') });
    expect((await get(site.url, { headers: NAVIGATION })).body).toBe('<p>next</p>');
    await site.stop();
    expect(site.output.match(/Live reload is off/g)).toHaveLength(1);
  });

  test.each([
    ['a response that is not HTML', page('{}', [['Content-Type', 'application/json']]), {}],
    ['a compressed page', page('<p>', [['Content-Encoding', 'br']]), {}],
    ['a part that a script fetches', page('<p>'), { 'sec-fetch-dest': 'empty' }],
    ['a program that does not ask for HTML', page('<p>'), { accept: '*/*', 'sec-fetch-dest': undefined }],
  ])('is not added to %s', async (_what, files, headers) => {
    const first = Object.values(files)[0]!.replace(
      /\["Content-Type","text\/html; charset=utf-8"\],(?=\["Content-Type")/,
      '',
    );
    const site = await serve({ 'mysite/wsgi.ts': first });
    const sent = Object.entries({ ...NAVIGATION, ...headers }).filter(([, value]) => value !== undefined);
    const { body } = await get(site.url, { headers: Object.fromEntries(sent) as Record<string, string> });
    expect(body).not.toContain('<script');
  });

  test('is not added to HEAD, 304 or a partial response', async () => {
    const site = await serve({
      'mysite/wsgi.ts': `export const application = (environ: any, startResponse: any) => {
        const partial = environ.PATH_INFO === '/partial';
        startResponse(partial ? '206 Partial Content' : '304 Not Modified', [['Content-Type', 'text/html']].slice(partial ? 0 : 1));
        return partial ? [new TextEncoder().encode('part')] : [];
      };`,
    });
    expect((await get(new URL('/partial', site.url), { headers: NAVIGATION })).body).toBe('part');
    expect((await get(site.url, { headers: NAVIGATION })).body).toBe('');
    expect((await get(site.url, { method: 'HEAD', headers: NAVIGATION })).body).toBe('');
  });

  test('is not added without DEBUG or with --no-live-reload', async () => {
    const settings = `export const DEBUG = false;\nexport const ALLOWED_HOSTS = ['*'];\nexport const WSGI_APPLICATION = 'mysite.wsgi.application';`;
    const production = await runserver({ ...page('<p>'), 'mysite/settings.ts': settings });
    expect((await get(production.url, { headers: NAVIGATION })).body).toBe('<p>');
    const without = await runserver(page('<p>'), ['--no-live-reload']);
    expect((await get(without.url, { headers: NAVIGATION })).body).toBe('<p>');
  });
});

/** What runserver answers to these packets on a connection. */
async function answerTo(url: string, ...packets: readonly string[]): Promise<string> {
  const client = net.connect({ port: Number(new URL(url).port), host: '127.0.0.1', noDelay: true });
  onTestFinished(() => void client.destroy());
  client.setEncoding('latin1');
  const answer = once(client, 'data');
  for (const packet of packets) {
    await new Promise<void>((resolve) => client.write(packet, () => resolve()));
    await get(url); // by then the packet has arrived, and alone
  }
  const [text] = await answer;
  return String(text).split('\r\n', 1)[0]!;
}

describe('the live reload endpoint', () => {
  const serve = sharedRunserver();
  const START = `GET ${LIVE} HTTP/1.1\r\n`;

  test('does not delay others by a head of spaces', async () => {
    const site = await runserver(page('<p>'));
    const head = `${START}host:${' '.repeat(60_000)}x\r\n\r\n`;
    expect(await answerTo(site.url, head)).toBe('HTTP/1.1 403 Forbidden');
    expect((await get(site.url)).status).toBe(200);
    expect((await site.stop()).code).toBe(130);
  });

  test.each([
    ['the first line', ['GET /__start', `${START.slice(12)}Host: localhost\r\n\r\n`], 200],
    ['the origin', [`${START}Host: localhost\r\n`, 'Origin: http://evil.example\r\n\r\n'], 403],
    ['the host', [START, 'Host: evil.example\r\n\r\n'], 403],
  ])('accepts a head that is split before the end of %s', async (_what, packets, status) => {
    const site = await serve(page('<p>'));
    expect(await answerTo(site.url, ...packets)).toContain(` ${status} `);
  });

  test('accepts the hosts of the site, and no others', async () => {
    const settings = `export const DEBUG = true;\nexport const ALLOWED_HOSTS = ['site.test'];\nexport const WSGI_APPLICATION = 'mysite.wsgi.application';`;
    const site = await runserver({ ...page('<p>'), 'mysite/settings.ts': settings });
    await get(site.url);
    expect(await answerTo(site.url, `${START}Host: site.test\r\n\r\n`)).toContain(' 200 ');
    expect(await answerTo(site.url, `${START}Host: other.test\r\n\r\n`)).toContain(' 403 ');
  });

  test('passes a path that only begins in the same way to the site, also in two packets', async () => {
    const site = await serve(page('<p>'));
    const answer = await answerTo(site.url, 'GET /__start', 'ing HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect(answer).toBe('HTTP/1.1 200 OK');
  });

  test.each([
    { origin: 'http://evil.example' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('refuses another origin: %j', async (headers) => {
    const site = await serve(page('<p>'));
    expect((await get(new URL(LIVE, site.url), { headers })).status).toBe(403);
  });
});

describeWith(CHROMIUM, (executablePath) => {
  let browser: Browser;
  /** Its tabs take half of the CPU that those of several take. Each site has an address, and with it a cache, of its own. */
  let context: BrowserContext;
  beforeAll(async () => {
    browser = await launchChromium(executablePath);
    context = await browser.newContext();
  });
  afterAll(() => browser.close());

  async function open(files: Files): Promise<{ site: RunningSite; tab: Page }> {
    const site = await runserver(files);
    const tab = await context.newPage();
    onTestFinished(() => tab.close());
    await tab.goto(site.url);
    return { site, tab };
  }

  test('a page reloads when its site has changed', async () => {
    const { site, tab } = await open(page('<h1>one</h1>'));
    writeFiles(site.root, page('<h1>two</h1>'));
    await tab.getByText('two').waitFor();
  });

  test('a page of a site with an error shows the error, and reloads when it is fixed', async () => {
    const { site, tab } = await open(page('<h1>one</h1>'));
    writeFiles(site.root, { 'mysite/wsgi.ts': 'throw new Error("broken on purpose")' });
    await tab.getByText('broken on purpose').first().waitFor();
    writeFiles(site.root, page('<h1>fixed</h1>'));
    await tab.getByText('fixed').waitFor();
  });

  test('a page connects again after the server was stopped and started', async () => {
    const { site, tab } = await open(page('<h1>one</h1>'));
    await site.stop();
    writeFiles(site.root, page('<h1>two</h1>'));
    const again = new Command('runserver.js', [new URL(site.url).port], { cwd: site.root });
    onTestFinished(async () => void (await again.stop('SIGKILL')));
    await tab.getByText('two').waitFor();
  });

  test('a page with a strict policy reloads too', async () => {
    const policy = [
      ['Content-Security-Policy', "default-src 'none'; script-src 'nonce-n1'; connect-src 'self'"],
    ] as const;
    const { site, tab } = await open(page('<h1>one</h1>', policy));
    writeFiles(site.root, page('<h1>two</h1>', policy));
    await tab.getByText('two').waitFor();
  });

  test('a sandboxed frame is reloaded with the page around it, and causes no error in the console', async () => {
    const framed = (text: string) =>
      page(`<h1>${text}</h1><script>document.write(top === self ? '' : 'inner')</script>
        <template><iframe sandbox="allow-scripts" src="?inner"></iframe></template>
        <script>if (location.search === '') document.body.append(document.querySelector('template').content)</script>`);
    const { site, tab } = await open(framed('one'));
    const errors: string[] = [];
    tab.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    writeFiles(site.root, framed('two'));
    await tab.frameLocator('iframe').getByText('two').waitFor();
    await tab.getByText('two').first().waitFor();
    expect(errors).toEqual([]);
  });

  /** An Express application whose pages have validators of its own. */
  function express(text: string, headers: Readonly<Record<string, string>> = {}): Files {
    return {
      'mysite/wsgi.ts': `import express from 'express';
        import { fromNodeHandler } from 'startproject/adapters/node';
        const app = express();
        app.get('/unchanged', (request, response) => void response.send('<h1>unchanged</h1><a href="/">home</a>'));
        app.get('/', (request, response) => void response.set(${JSON.stringify(headers)}).send('<h1>${text}</h1><a href="/unchanged">away</a>'));
        export const application = fromNodeHandler(app);`,
    };
  }

  /** What the tab is asked for from here on, as pages. */
  function navigations(tab: Page): number[] {
    const statuses: number[] = [];
    tab.on('response', (response) => {
      if (response.request().isNavigationRequest()) statuses.push(response.status());
    });
    return statuses;
  }

  /** Resolves when the page has been sent the generation that answers, and has done what it does about it. */
  async function settled(tab: Page): Promise<void> {
    await tab.waitForLoadState();
    await tab.evaluate(
      `new Promise((resolve) => {
        const source = new EventSource('${LIVE}');
        source.onmessage = () => { source.close(); setTimeout(resolve) };
      })`,
    );
  }

  async function openExpress(address: string, headers?: Readonly<Record<string, string>>) {
    const site = await runserver(express('one', headers), [], {}, PACKAGES);
    const tab = await context.newPage();
    onTestFinished(() => tab.close());
    await tab.goto(new URL(address, site.url).href);
    await settled(tab);
    return { site, tab, statuses: navigations(tab) };
  }

  async function reloaded(tab: Page, act: () => unknown): Promise<void> {
    const load = tab.waitForEvent('load');
    await act();
    await load;
    await settled(tab);
    await settled(tab);
  }

  test('a page that its site reports as unchanged is reloaded once for each save', async () => {
    const { site, tab, statuses } = await openExpress('/unchanged');
    await reloaded(tab, () => writeFiles(site.root, express('two')));
    await reloaded(tab, () => writeFiles(site.root, express('three')));
    expect(statuses).toEqual([200, 200]);
  });

  test('a page that its site reports as unchanged is reloaded once after a restart of the server', async () => {
    const { site, tab, statuses } = await openExpress('/unchanged');
    await site.stop();
    const again = new Command('runserver.js', [new URL(site.url).port], { cwd: site.root });
    onTestFinished(async () => void (await again.stop('SIGKILL')));
    await reloaded(tab, () => again.saw(/Development server at/));
    expect(statuses).toEqual([200]);
  });

  test('a site can report a page of the same generation as unchanged', async () => {
    const { site, tab } = await openExpress('/unchanged');
    await tab.reload();
    await site.saw(/"GET \/unchanged HTTP\/1.1" 304/);
  });

  test('a page from the browser’s cache is reloaded once when it is older than the site', async () => {
    const { site, tab, statuses } = await openExpress('/', { 'Cache-Control': 'max-age=3600' });
    await tab.getByText('away').click();
    await tab.getByText('unchanged').waitFor();
    await settled(tab);
    await reloaded(tab, () => writeFiles(site.root, express('two', { 'Cache-Control': 'max-age=3600' })));
    statuses.length = 0;
    await tab.getByText('home').click();
    await tab.getByText('two').waitFor();
    await settled(tab);
    await settled(tab);
    expect(statuses).toEqual([200, 200]);
  });

  test('a page in the browser’s history is reloaded once when it is older than the site', async () => {
    const { site, tab } = await openExpress('/');
    await tab.getByText('away').click();
    await tab.getByText('unchanged').waitFor();
    await settled(tab);
    await reloaded(tab, () => writeFiles(site.root, express('two')));
    const from = site.output.length;
    await tab.goBack().catch(() => {}); // it may be reloading itself, which breaks ours off
    await tab.getByText('two').waitFor();
    await settled(tab);
    await settled(tab);
    await get(new URL('/last', site.url));
    await site.saw(/"GET \/last /, from); // And with it all that was said before.
    expect(site.output.slice(from).match(/"GET \/ /g)).toHaveLength(1);
  });

  test('a page from a cache that never expires is reloaded once for each generation', async () => {
    const { site, tab } = await open(page('<h1>one</h1>'));
    const { body } = await get(site.url, { headers: NAVIGATION });
    let asked = 0;
    await tab.route(site.url, (route) => {
      asked += 1;
      return route.fulfill({ contentType: 'text/html', body });
    });
    await reloaded(tab, () => writeFiles(site.root, page('<h1>two</h1>')));
    await reloaded(tab, () => writeFiles(site.root, page('<h1>three</h1>')));
    expect(asked).toBe(2);
  });
});
