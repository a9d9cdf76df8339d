import { cpSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { temporaryFolder, writeFiles } from '../_temp-folder.ts';
import { Program, run } from './_program.ts';
import { get, runserver, SITE } from './_runserver.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const BROKEN_URLS = `
import { path } from 'startproject/urls';
function home(): Response {
  throw new Error('broken here');
}
export const urlpatterns = [path('', home)];
`;

/** A copy of what the package runs from. */
function copyCheckout(): string {
  const folder = temporaryFolder();
  for (const name of ['bin', 'dist', 'templates', 'package.json']) {
    cpSync(path.join(CHECKOUT, name), path.join(folder, name), { recursive: true });
  }
  symlinkSync(path.join(CHECKOUT, 'node_modules'), path.join(folder, 'node_modules'));
  return folder;
}

describe('a site in the checkout of this package', () => {
  test.each(['with', 'without'])('shows its source on error pages, %s reload', async (reload) => {
    const checkout = copyCheckout();
    await run(process.execPath, ['bin/startproject.js', 'mysite'], checkout);
    const site = path.join(checkout, 'mysite');
    writeFiles(site, { 'mysite/urls.ts': BROKEN_URLS });
    const args = reload === 'with' ? ['0'] : ['0', '--noreload'];
    const program = new Program(process.execPath, ['../bin/runserver.js', ...args], site);
    const [, url] = await program.saw(/Development server at (\S+)/);
    const { status, body } = await get(url!);
    expect(status).toBe(500);
    expect(body).toContain('at home (mysite/urls.ts:4:9)');
    expect(body).toMatch(/> +4 \| {3}throw new Error\('broken here'\);/);
  });
});

test.each([[[]], [['--noreload']]])(
  'the page of an error deep in a library shows the site’s own frames: %j',
  async (args) => {
    const site = await runserver(
      {
        'node_modules/deep/package.json': '{ "name": "deep", "main": "index.js" }',
        'node_modules/deep/index.js': `
          module.exports = function dive(depth) {
            if (depth === 0) throw new Error('deep down');
            dive(depth - 1);
          };`,
        'mysite/urls.ts': `
          import dive from 'deep';
          import { path } from 'startproject/urls';
          function home(): Response {
            return dive(40);
          }
          export const urlpatterns = [path('', home)];`,
      },
      args,
    );
    const { body } = await get(site.url);
    expect(body).toContain('at home (mysite/urls.ts:5:20)');
    expect(body).toMatch(/> +5 \| +return dive\(40\);/);
  },
);

describe('a site that does not load', () => {
  const BROKEN = "export const KEY = 'hush';\nthrow new Error('no ' + KEY);\n";
  const hosts = (url: string) => ({
    own: new URL(url).host,
    evil: 'evil.com',
    allowed: 'mysite.test',
  });
  const bodyFor = async (url: string, host: string) =>
    (await get(url, { headers: { host, accept: 'text/html', 'sec-fetch-dest': 'document' } })).body;
  const FACTS = /hush|urls\.ts|Traceback/;

  test('shows no details to a foreign host while no settings have been loaded', async () => {
    const { url } = await runserver({ 'mysite/settings.ts': BROKEN });
    const { own, evil, allowed } = hosts(url);
    expect(await bodyFor(url, own)).toMatch(/hush/);
    for (const host of [evil, allowed]) {
      const body = await bodyFor(url, host);
      expect(body).toContain('The site could not be loaded');
      expect(body).not.toMatch(/hush|settings\.ts|Traceback|<script/);
    }
  });

  test('shows details to the hosts that its settings allow, also after the settings fail', async () => {
    const settings = `${SITE['mysite/settings.ts']}`.replace(': string[] = []', " = ['mysite.test']");
    const site = await runserver({ 'mysite/settings.ts': settings, 'mysite/urls.ts': BROKEN });
    const { own, evil, allowed } = hosts(site.url);
    for (const broken of ['mysite/urls.ts', 'mysite/settings.ts']) {
      writeFiles(site.root, { [broken]: BROKEN });
      expect(await bodyFor(site.url, allowed)).toMatch(/hush/);
      for (const host of [own, evil]) expect(await bodyFor(site.url, host)).not.toMatch(/hush|\.ts|<script/);
    }
  });

  test('shows no details with DEBUG off, but prints them on the terminal', async () => {
    const settings = SITE['mysite/settings.ts']!.replace('DEBUG = true', 'DEBUG = false').replace(
      ': string[] = []',
      " = ['*']",
    );
    const site = await runserver({ 'mysite/settings.ts': settings, 'mysite/urls.ts': BROKEN });
    for (const host of Object.values(hosts(site.url))) {
      expect(await bodyFor(site.url, host)).not.toMatch(FACTS);
    }
    expect(site.output).toContain('no hush');
  });
});

test('a thrown value that cannot be read gets an error page, and the site continues', async () => {
  const site = await runserver({
    'mysite/urls.ts': `
      const error: Error = new Error('no');
      error.cause = error;
      for (const name of ['message', 'name', 'code', 'cause', 'hint']) {
        Object.defineProperty(error, name, { get() { throw new Error('not for you'); } });
      }
      throw error;`,
  });
  const { status, body } = await get(site.url);
  expect([status, body]).toEqual([500, expect.stringContaining('(a message that cannot be read)')]);
  writeFiles(site.root, { 'mysite/urls.ts': SITE['mysite/urls.ts']! });
  expect((await get(site.url)).body).toBe('home 1');
});

test('an error page for a host that is not allowed contains no script', async () => {
  const { url } = await runserver({});
  const headers = { host: 'evil.com', accept: 'text/html', 'sec-fetch-dest': 'document' };
  const { status, body } = await get(url, { headers });
  expect(status).toBe(400);
  expect(body).toContain('ALLOWED_HOSTS');
  expect(body).not.toMatch(/<script|\.ts/);
});
