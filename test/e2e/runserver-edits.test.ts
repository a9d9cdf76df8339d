import { renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeFiles } from '../_temp-folder.ts';
import { answering, get, runserver, SITE, sharedRunserver } from './_runserver.ts';

const HELLO_MIDDLEWARE = `
import type { WSGIApplication } from 'startproject/wsgi';
/** Adds a header, as the middleware of Django's page on WSGI would. */
export function HelloWorldApplication(application: WSGIApplication): WSGIApplication {
  return (environ, startResponse) =>
    application(environ, (status, headers, excInfo) => startResponse(status, [...headers, ['X-Hello', 'world']], excInfo));
}
`;

async function body(url: string, path = '/'): Promise<string> {
  return (await get(new URL(path, url))).body;
}

describe('an edit of wsgi.ts', () => {
  const serve = sharedRunserver();

  test('can wrap the application in a middleware', async () => {
    const site = await serve();
    expect((await get(site.url)).headers['x-hello']).toBeUndefined();
    writeFiles(site.root, {
      'helloworld/wsgi.ts': HELLO_MIDDLEWARE,
      'mysite/wsgi.ts': `
        import { getWsgiApplication } from 'startproject/wsgi';
        import { HelloWorldApplication } from '../helloworld/wsgi.ts';
        export const application = HelloWorldApplication(await getWsgiApplication());`,
    });
    const wrapped = await get(site.url);
    expect([wrapped.body, wrapped.headers['x-hello']]).toEqual(['home 1', 'world']);
  });

  test('can replace the application by a plain WSGI callable', async () => {
    const site = await serve();
    expect(await body(site.url)).toBe('home 1');
    writeFiles(site.root, { 'mysite/wsgi.ts': answering('plain') });
    expect(await body(site.url)).toBe('plain');
  });

  test('can replace the application by one that delegates some paths to the site', async () => {
    const site = await serve();
    expect(await body(site.url, '/other')).toContain('No page at /other');
    writeFiles(site.root, {
      'mysite/wsgi.ts': `
        import { getWsgiApplication, type WSGIApplication } from 'startproject/wsgi';
        const site = await getWsgiApplication();
        export const application: WSGIApplication = (environ, startResponse) => {
          if (environ.PATH_INFO === '/') return site(environ, startResponse);
          startResponse('200 OK', [['Content-Type', 'text/plain']]);
          return [new TextEncoder().encode('custom ' + environ.PATH_INFO)];
        };`,
    });
    expect(await body(site.url)).toBe('home 1');
    expect(await body(site.url, '/other')).toBe('custom /other');
  });

  const GOOD = answering('fixed');
  test.each([
    ['a syntax error', 'export const application = ;', /wsgi\.ts:1:28: syntax error: Unexpected token/],
    ['a throw', '\nthrow new RangeError("too much");', /wsgi\.ts:2:7: loading failed: RangeError: too much/],
    [
      'a missing export',
      answering('x').replace('const application', 'const aplication'),
      /wsgi\.ts has no export 'application'/,
    ],
    [
      'a missing import',
      `import './gone.ts';\n${GOOD}`,
      /wsgi\.ts:1:9: Cannot find module '\.\/gone\.ts': no such file/,
    ],
    [
      'something that is not callable',
      'export const application = 7;',
      /not callable: found number, expected a function/,
    ],
    ['a promise', 'export const application = Promise.resolve();', /is a promise, and must be a function/],
  ])(
    '%s is shown in the browser and in the terminal, and disappears when it is fixed',
    async (_what, broken, message) => {
      const site = await serve();
      expect(await body(site.url)).toBe('home 1');
      writeFiles(site.root, { 'mysite/wsgi.ts': broken });

      const page = await get(site.url, { headers: { accept: 'text/html' } });
      expect(page.status).toBe(500);
      expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
      // Its place stands below the message there.
      const [, place = '', rest] = /^(wsgi\\\.ts:\d+:\d+)?(?:: )?(.*)/.exec(message.source)!;
      const shown = page.body.replaceAll('&#39;', "'").replaceAll('&#x27;', "'");
      expect(shown).toMatch(new RegExp(rest!));
      expect(shown).toMatch(new RegExp(place));
      const text = await get(site.url, { headers: { accept: '*/*' } });
      expect([text.headers['content-type'], text.body]).toEqual([
        'text/plain; charset=utf-8',
        expect.stringMatching(message),
      ]);
      await site.saw(message);

      writeFiles(site.root, { 'mysite/wsgi.ts': GOOD });
      expect(await body(site.url)).toBe('fixed');
    },
  );

  test('a failure is printed once, however many requests there are', async () => {
    const site = await runserver({ 'mysite/wsgi.ts': 'throw new Error("only once")' });
    await body(site.url);
    await body(site.url);
    writeFiles(site.root, { 'mysite/wsgi.ts': answering('done') });
    await body(site.url);
    await site.saw(/"GET \/ HTTP\/1\.1" 200/);
    expect(site.output.match(/only once/g)).toHaveLength(2); // The message and the line of the code frame.
  });
});

describe('an edit of another file:', () => {
  const serve = sharedRunserver();

  test('urls.ts: a new route is answered at once', async () => {
    const site = await serve();
    expect((await get(new URL('/new/', site.url))).status).toBe(404);
    writeFiles(site.root, {
      'mysite/urls.ts': `
        import { path } from 'startproject/urls';
        import { year } from './views.ts';
        export const urlpatterns = [path('new/<int:year>/', year)];`,
      'mysite/views.ts':
        'export const year = (_: Request, p: { year: number }) => new Response(String(p.year + 1));',
    });
    expect(await body(site.url, '/new/2026/')).toBe('2027');
    writeFiles(site.root, { 'mysite/views.ts': 'export const year = () => new Response("edited");' });
    expect(await body(site.url, '/new/2026/')).toBe('edited');
  });

  test('settings.ts: a changed setting is used at once, and a wrong one is reported with its line', async () => {
    const site = await serve();
    expect(await body(site.url)).toBe('home 1');
    writeFiles(site.root, {
      'mysite/settings.ts': `${SITE['mysite/settings.ts']}\nexport const APPEND_SLASH = 'yes';\n`,
    });
    const answer = await get(site.url);
    expect(answer.status).toBe(500);
    expect(answer.body).toMatch(/APPEND_SLASH setting must be .*found 'yes'/);
    expect(answer.body).toMatch(/settings\.ts:8/);
    writeFiles(site.root, {
      'mysite/settings.ts': SITE['mysite/settings.ts']!.replace('mysite.wsgi', 'other'),
    });
    writeFiles(site.root, { 'other.ts': answering('other') });
    expect(await body(site.url)).toBe('other');
  });

  test('settings.ts: a WSGI_APPLICATION without its object is reported', async () => {
    const site = await serve();
    const settings = SITE['mysite/settings.ts']!.replace('mysite.wsgi.application', 'mysite.wsgi');
    writeFiles(site.root, { 'mysite/settings.ts': settings });
    expect(await body(site.url)).toMatch(
      /WSGI_APPLICATION 'mysite\.wsgi' names a module, not an object in it\.[\s\S]*'mysite\.wsgi\.application'/,
    );
  });

  test('a renamed module is reported as missing, and found after it is renamed back', async () => {
    const site = await serve({
      'mysite/wsgi.ts': `export { application } from './app.ts';`,
      'mysite/app.ts': answering('app'),
    });
    expect(await body(site.url)).toBe('app');
    const file = path.join(site.root, 'mysite/app.ts');
    renameSync(file, `${file}.bak`);
    expect(await body(site.url)).toMatch(/Cannot find module '\.\/app\.ts'/);
    renameSync(`${file}.bak`, file);
    expect(await body(site.url)).toBe('app');
  });

  test('the whole package of the site can be removed and restored', async () => {
    const site = await serve();
    expect(await body(site.url)).toBe('home 1');
    renameSync(path.join(site.root, 'mysite'), path.join(site.root, 'away'));
    expect(await body(site.url)).toMatch(/There is no module 'mysite\.settings'/);
    renameSync(path.join(site.root, 'away'), path.join(site.root, 'mysite'));
    expect(await body(site.url)).toBe('home 1');
  });

  test('a deleted file that is no longer imported has no effect', async () => {
    const site = await serve({ 'mysite/wsgi.ts': answering('one'), 'mysite/old.ts': '' });
    expect(await body(site.url)).toBe('one');
    rmSync(path.join(site.root, 'mysite/old.ts'));
    expect(await body(site.url)).toBe('one');
    expect(site.output).not.toMatch(/reloaded/);
  });

  test('a file that an editor replaces by renaming is noticed every time', async () => {
    const site = await serve({ 'mysite/wsgi.ts': answering('0') });
    const file = path.join(site.root, 'mysite/wsgi.ts');
    for (let i = 1; i <= 5; i++) {
      writeFileSync(`${file}.tmp`, answering(String(i)));
      renameSync(`${file}.tmp`, file);
      expect(await body(site.url)).toBe(String(i));
    }
  });

  test('a file that is written with the same content causes no reload', async () => {
    const site = await serve({ 'mysite/wsgi.ts': answering('same') });
    expect(await body(site.url)).toBe('same');
    writeFiles(site.root, { 'mysite/wsgi.ts': answering('same') });
    expect(await body(site.url)).toBe('same');
    expect(site.output).not.toMatch(/reloaded/);
  });

  test('a module that is imported later is watched as well', async () => {
    const site = await serve({
      'mysite/wsgi.ts': `
        export const application = async (environ, startResponse) => {
          const { text } = await import('./late.ts');
          startResponse('200 OK', [['Content-Type', 'text/plain']]);
          return [new TextEncoder().encode(text)];
        };`,
      'mysite/late.ts': 'export const text = "late 1"',
    });
    expect(await body(site.url)).toBe('late 1');
    writeFiles(site.root, { 'mysite/late.ts': 'export const text = "late 2"' });
    expect(await body(site.url)).toBe('late 2');
  });
});

describe('100 edits of wsgi.ts, each followed at once by a request', () => {
  const serve = sharedRunserver();

  // In parts, none of which takes long where much else runs.
  test.each([1, 26, 51, 76])('give fresh answers, %i and the 24 after it', async (first) => {
    const site = await serve({ 'mysite/wsgi.ts': answering('edit 0') });
    const file = path.join(site.root, 'mysite/wsgi.ts');
    const edits = Array.from({ length: 25 }, (_, index) => `edit ${first + index}`);
    const answers: string[] = [];
    for (const edit of edits) {
      writeFileSync(file, answering(edit));
      answers.push(await body(site.url));
    }
    expect(answers).toEqual(edits);
  });
});

test('the log names the file that changed and how long the reload took', async () => {
  const site = await runserver({});
  await body(site.url);
  writeFiles(site.root, { 'mysite/wsgi.ts': answering('x') });
  await site.saw(/^mysite\/wsgi\.ts changed, reloaded in \d+ ms$/m);
});
