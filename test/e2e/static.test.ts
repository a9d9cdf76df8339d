import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Files } from '../_temp-folder.ts';
import { launchChromium } from './_chromium.ts';
import { CHROMIUM, describeWith } from './_real-parts.ts';
import { get, runserver, SITE } from './_runserver.ts';
import { PRODUCTION_SITE, runwsgi } from './_runwsgi.ts';

const STATIC = "export const STATICFILES_DIRS = [import.meta.dirname + '/../static'];\n";
const FILES: Files = {
  'mysite/urls.ts': `
    import { Response } from 'startproject/http';
    import { staticUrl } from 'startproject/static';
    import { path } from 'startproject/urls';
    const home = () => new Response(
      \`<!doctype html><link rel="stylesheet" href="\${staticUrl('site.css')}"><h1>home</h1>\`,
      { headers: { 'content-type': 'text/html' } },
    );
    export const urlpatterns = [path('', home)];
  `,
  'static/site.css': 'h1 { color: rgb(1, 2, 3) }',
};
const inDevelopment = (settings = '') => ({
  ...FILES,
  'mysite/settings.ts': SITE['mysite/settings.ts']! + STATIC + settings,
});

test.each([
  ['with reload', []],
  ['in one process', ['--noreload']],
])('runserver serves static files %s', async (_, flags) => {
  const site = await runserver(inDevelopment(), flags);
  expect((await get(site.url)).body).toContain('href="/static/site.css"');
  const { body, headers } = await get(new URL('/static/site.css', site.url));
  expect(body).toBe(FILES['static/site.css']);
  expect(headers['cache-control']).toBe('no-cache');
});

test('runwsgi serves static files under names with their hash, cacheable for a year', async () => {
  const settings = PRODUCTION_SITE['mysite/settings.ts']! + STATIC;
  const site = await runwsgi([], {
    files: { ...FILES, 'mysite/settings.ts': settings, 'mysite/wsgi.ts': SITE['mysite/wsgi.ts']! },
  });
  const [, url] = /href="([^"]+)"/.exec((await get(site.url)).body)!;
  expect(url).toMatch(/^\/static\/site\.[\da-f]{12}\.css$/);
  const { body, headers } = await get(new URL(url!, site.url));
  expect(body).toBe(FILES['static/site.css']);
  expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
});

describeWith(CHROMIUM, (executablePath) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium(executablePath);
  });
  afterAll(() => browser.close());

  test('a saved stylesheet is replaced in the page without a reload', async () => {
    const site = await runserver(inDevelopment());
    const tab = await browser.newPage();
    onTestFinished(() => tab.close());
    await tab.goto(site.url);
    await tab.evaluate('window.isSamePage = true');
    const colour = () => tab.evaluate("getComputedStyle(document.querySelector('h1')).color");
    expect(await colour()).toBe('rgb(1, 2, 3)');
    for (const next of ['rgb(4, 5, 6)', 'rgb(7, 8, 9)']) {
      writeFileSync(path.join(site.root, 'static/site.css'), `h1 { color: ${next} }`);
      await tab.waitForFunction(`getComputedStyle(document.querySelector('h1')).color === '${next}'`);
    }
    await tab.waitForFunction('document.querySelectorAll("link").length === 1');
    expect(await tab.evaluate('window.isSamePage')).toBe(true);
  });
});
