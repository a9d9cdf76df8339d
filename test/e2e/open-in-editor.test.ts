import { chmodSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { temporaryFolder, writeFiles } from '../_temp-folder.ts';
import { launchChromium } from './_chromium.ts';
import { CHROMIUM, describeWith } from './_real-parts.ts';
import { get, runserver } from './_runserver.ts';

const URLS = `import { path } from 'startproject/urls';
export const urlpatterns = [path('boom/', () => { throw new Error('It broke.'); })];
`;
const NAVIGATION = { accept: 'text/html', 'sec-fetch-dest': 'document' };

/** A site whose server has an editor that writes its arguments into a file. */
async function serving(files = {}) {
  const folder = temporaryFolder();
  writeFiles(folder, {
    code: '#!/bin/sh\nprintf "%s\\n" "$@" > "$(dirname "$0")/out" && mv "$(dirname "$0")/out" "$(dirname "$0")/opened"\n',
  });
  const editor = path.join(folder, 'code');
  chmodSync(editor, 0o755);
  const site = await runserver({ 'mysite/urls.ts': URLS, ...files }, [], { LAUNCH_EDITOR: editor });
  const opened = () => readFileSync(path.join(folder, 'opened'), 'utf8').trim().split('\n');
  return { site, opened };
}

describe('an error page', () => {
  test('has buttons for clients on this machine', async () => {
    const { site } = await serving();
    const { body } = await get(new URL('/boom/', site.url), { headers: NAVIGATION });
    const actions = [...body.matchAll(/action="([^"]+)"/g)].map(([, action]) => action!);
    // Where it was thrown, the route that has it, and the frame.
    expect(actions).toHaveLength(3);
    for (const action of actions)
      expect(action).toMatch(/^\/__startproject__\/editor\?token=[\w-]{24}&#38;place=.*urls\.ts%3A2%3A\d+$/);
  });

  test('has no buttons for clients behind a proxy, and no page of the site contains the token', async () => {
    const { site } = await serving();
    const headers = { ...NAVIGATION, 'x-forwarded-for': '10.0.0.1' };
    expect((await get(new URL('/boom/', site.url), { headers })).body).not.toContain(
      '__startproject__/editor',
    );
    expect((await get(new URL('/none/', site.url), { headers: NAVIGATION })).body).not.toContain('/editor');
  });
});

describeWith(CHROMIUM, (executablePath) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium(executablePath);
  });
  afterAll(() => browser.close());

  test.each([
    ['an exception', {}, 'boom/', 'mysite/urls.ts:2:'],
    ['a site that does not load', { 'mysite/urls.ts': "throw new Error('no');\n" }, '', 'mysite/urls.ts:1:'],
  ])('the button on the page for %s opens the place in the editor', async (_, files, url, place) => {
    const { site, opened } = await serving(files);
    const page = await browser.newPage();
    onTestFinished(() => page.close());
    await page.goto(new URL(url, site.url).href);
    const answered = page.waitForResponse((response) => response.url().includes('/__startproject__/editor'));
    await page.getByRole('button', { name: 'Open in editor' }).first().click();
    expect((await answered).status()).toBe(204);
    await expect.poll(opened).toEqual(['-r', '-g', expect.stringContaining(`${site.root}/${place}`)]);
    expect(await page.getByRole('button', { name: 'Open in editor' }).first().isVisible()).toBe(true);
  });
});
