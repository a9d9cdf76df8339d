import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { type AtEnd, temporaryFolder, writeFiles } from '../_temp-folder.ts';
import { launchChromium } from './_chromium.ts';
import { Program, run } from './_program.ts';
import { CHROMIUM, describeWith } from './_real-parts.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));

describeWith(CHROMIUM, (executablePath) => {
  let browser: Browser;
  /** A new site, served, for all tests: each leaves it as it was. */
  let site: string;
  let url: string;
  /** A tab for all tests that do not ask what it loads: to open one takes Chromium a second of CPU. */
  let page: Page;
  const ends: Parameters<AtEnd>[0][] = [];
  beforeAll(async () => {
    const atEnd: AtEnd = (end) => ends.unshift(end);
    const folder = temporaryFolder({}, atEnd);
    await run(process.execPath, [path.join(CHECKOUT, 'bin/startproject.js'), 'mysite'], folder);
    site = path.join(folder, 'mysite');
    const runserver = [path.join(CHECKOUT, 'bin/runserver.js'), '0'];
    const program = new Program(process.execPath, runserver, site, atEnd);
    [, url = ''] = await program.saw(/Development server at (\S+)/);
    browser = await launchChromium(executablePath);
    page = await browser.newPage({ viewport: { width: 1200, height: 750 }, colorScheme: 'light' });
  });
  beforeEach(() => page.goto('about:blank')); // a page of the site would reload itself at its next change
  afterAll(async () => {
    await browser?.close();
    for (const end of ends) await end();
  });

  /** A tab whose browser has loaded nothing yet: an icon is asked for once. */
  async function newTab(): Promise<Page> {
    const tab = await browser.newPage();
    onTestFinished(() => tab.close());
    return tab;
  }

  /** Changes `wsgi.ts` until the test ends. */
  function breakSite(source: string): { fix(): void } {
    const wsgi = path.join(site, 'mysite/wsgi.ts');
    const original = readFileSync(wsgi, 'utf8');
    const fix = () => writeFiles(site, { 'mysite/wsgi.ts': original });
    onTestFinished(fix);
    writeFiles(site, { 'mysite/wsgi.ts': source });
    return { fix };
  }

  test('a new site shows that it works, and which file to edit', async () => {
    await page.goto(url);
    expect(await page.getByText('Ready for').isVisible()).toBe(true);
    expect(await page.getByText('mysite/urls.ts').first().isVisible()).toBe(true);
  });

  test('the welcome page is styled', async () => {
    await page.goto(url);
    const colour = (selector: string) =>
      page.evaluate(`getComputedStyle(document.querySelector('${selector}')).color`);
    expect(await colour('h1 em')).not.toBe(await colour('h1'));
    // Two columns at this width, and nothing to scroll sideways for.
    const [left, right] = await Promise.all([
      page.locator('h1').boundingBox(),
      page.locator('svg').boundingBox(),
    ]);
    expect(right!.x).toBeGreaterThan(left!.x + left!.width / 2);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(1200);
  });

  test('the welcome page causes no error in the console', async () => {
    const tab = await newTab();
    const errors: string[] = [];
    tab.on('pageerror', (error) => errors.push(error.message));
    tab.on('console', (message) => {
      if (message.type() === 'error') errors.push(`${message.text()} ${message.location().url}`);
    });
    await tab.goto(url);
    await tab.waitForLoadState('networkidle'); // browsers ask for an icon after everything else
    expect(errors).toEqual([]);
  });

  test('the welcome page loads nothing from other servers', async () => {
    const tab = await newTab();
    const requested: string[] = [];
    tab.on('request', (request) => requested.push(new URL(request.url()).origin));
    await tab.goto(url);
    await tab.waitForLoadState('networkidle');
    expect(new Set(requested)).toEqual(new Set([new URL(url).origin]));
  });

  test('an error in wsgi.ts is shown with its line', async () => {
    breakSite('// The site.\nexport const application = ;\n');
    const response = await page.goto(url);
    expect(response!.status()).toBe(500);
    expect(await page.getByText('mysite/wsgi.ts').first().isVisible()).toBe(true);
    expect(await page.getByText('export const application = ;').first().isVisible()).toBe(true);
  });

  test('a fixed wsgi.ts shows the site after the page is reloaded', async () => {
    const { fix } = breakSite('export const application = ;\n');
    await page.goto(url);
    fix();
    await page.reload().catch(() => {}); // it may be reloading itself, which breaks ours off
    await page.getByText('Ready for').waitFor();
  });
});
