import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { temporaryFolder, writeFiles } from '../_temp-folder.ts';
import { launchChromium } from './_chromium.ts';
import { Program, run } from './_program.ts';
import { CHROMIUM, describeWith } from './_real-parts.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));

describeWith(CHROMIUM, (executablePath) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium(executablePath);
  });
  afterAll(() => browser.close());

  /** A new site, served, and an empty tab. */
  async function open(): Promise<{ site: string; url: string; page: Page }> {
    const folder = temporaryFolder();
    await run(process.execPath, [path.join(CHECKOUT, 'bin/startproject.js'), 'mysite'], folder);
    const site = path.join(folder, 'mysite');
    const program = new Program(process.execPath, [path.join(CHECKOUT, 'bin/runserver.js'), '0'], site);
    const [, url] = await program.saw(/Development server at (\S+)/);
    const page = await browser.newPage({ viewport: { width: 1200, height: 750 }, colorScheme: 'light' });
    onTestFinished(() => page.close());
    return { site, url: url!, page };
  }

  test('a new site says that it works, and what to edit', async () => {
    const { url, page } = await open();
    await page.goto(url);
    expect(await page.getByText('Ready for').isVisible()).toBe(true);
    expect(await page.getByText('mysite/urls.ts').first().isVisible()).toBe(true);
  });

  test('the welcome page is styled', async () => {
    const { url, page } = await open();
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
    const { url, page } = await open();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(`${message.text()} ${message.location().url}`);
    });
    await page.goto(url);
    await page.waitForLoadState('networkidle'); // browsers ask for an icon after everything else
    expect(errors).toEqual([]);
  });

  test('the welcome page asks nobody but its server', async () => {
    const { url, page } = await open();
    const requested: string[] = [];
    page.on('request', (request) => requested.push(new URL(request.url()).origin));
    await page.goto(url);
    await page.waitForLoadState('networkidle');
    expect(new Set(requested)).toEqual(new Set([new URL(url).origin]));
  });

  test('a broken wsgi.ts is shown with its line', async () => {
    const { site, url, page } = await open();
    writeFiles(site, { 'mysite/wsgi.ts': '// The site.\nexport const application = ;\n' });
    const response = await page.goto(url);
    expect(response!.status()).toBe(500);
    expect(await page.getByText('mysite/wsgi.ts').first().isVisible()).toBe(true);
    expect(await page.getByText('export const application = ;').first().isVisible()).toBe(true);
  });

  test('a fixed wsgi.ts shows the site when the page is reloaded', async () => {
    const { site, url, page } = await open();
    const wsgi = path.join(site, 'mysite/wsgi.ts');
    const original = readFileSync(wsgi, 'utf8');
    writeFiles(site, { 'mysite/wsgi.ts': 'export const application = ;\n' });
    await page.goto(url);
    writeFiles(site, { 'mysite/wsgi.ts': original });
    await page.reload().catch(() => {}); // it may be reloading itself, which breaks ours off
    await page.getByText('Ready for').waitFor();
  });
});
