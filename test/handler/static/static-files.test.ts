import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { staticFiles, staticUrl } from '../../../src/handler/static/index.ts';
import { path as route } from '../../../src/handler/urls/index.ts';
import { mount } from '../../../src/middleware/index.ts';
import type { Environ } from '../../../src/wsgi/types.ts';
import { type Files, temporaryFolder } from '../../_temp-folder.ts';
import { type Answer, ask, createApplication, header } from '../_client.ts';

const CSS = 'body { color: green }';
const HASH = createHash('sha256').update(CSS).digest('hex').slice(0, 12);
const NO_FILE = '404 Not Found';
/** Larger than what is kept in memory. */
const BIG = 'x'.repeat(1_300_000);
/** Kept while there is room: for fewer than twenty of them. */
const MIDDLE = 'y'.repeat(1_000_000);

async function site(files: Files, settings: Readonly<Record<string, unknown>> = {}) {
  const folder = temporaryFolder(files);
  const STATICFILES_DIRS = [path.join(folder, 'static')];
  const urlpatterns = [route('url/<path:name>', (_request, { name }) => new Response(staticUrl(name)))];
  const application = await createApplication(urlpatterns, { STATICFILES_DIRS, ...settings });
  const get = (url: string, environ: Partial<Environ> = {}, method = 'GET') =>
    ask(application, url, { method, environ });
  return { folder, application, get };
}

const SITE = { 'static/site.css': CSS, 'static/big.txt': BIG, 'secret.txt': 'secret' };

test('a file is sent with its type, validators and length', async () => {
  const { get } = await site(SITE);
  const answer = await get('/static/site.css');
  expect(answer).toMatchObject({ status: '200 OK', body: CSS });
  expect(header(answer, 'content-type')).toBe('text/css; charset=utf-8');
  expect(header(answer, 'content-length')).toBe(String(CSS.length));
  expect(header(answer, 'cache-control')).toBe('no-cache');
  expect(header(answer, 'x-content-type-options')).toBe('nosniff');
  expect(header(answer, 'accept-ranges')).toBe('bytes');
  const HTTP_IF_NONE_MATCH = header(answer, 'etag');
  expect(await get('/static/site.css', { HTTP_IF_NONE_MATCH })).toMatchObject({
    status: '304 Not Modified',
    body: '',
  });
  const HTTP_IF_MODIFIED_SINCE = header(answer, 'last-modified');
  expect((await get('/static/site.css', { HTTP_IF_MODIFIED_SINCE })).status).toBe('304 Not Modified');
});

test('HEAD has the headers of GET', async () => {
  const { get } = await site(SITE);
  for (const url of ['/static/site.css', '/static/big.txt']) {
    const [head, whole] = [await get(url, {}, 'HEAD'), await get(url)];
    expect(head.body).toBe('');
    expect(head.headers).toEqual(whole.headers);
  }
});

test('other methods are not allowed', async () => {
  const { get } = await site(SITE);
  const answer = await get('/static/site.css', {}, 'POST');
  expect(answer.status).toBe('405 Method Not Allowed');
  expect(header(answer, 'allow')).toBe('GET, HEAD');
});

test.each([
  ['/static/site.css', CSS],
  ['/static/big.txt', BIG],
])('parts of %s', async (url, whole) => {
  const { get } = await site(SITE);
  const part = await get(url, { HTTP_RANGE: 'bytes=5-9' });
  expect(part).toMatchObject({ status: '206 Partial Content', body: whole.slice(5, 10) });
  expect(header(part, 'content-range')).toBe(`bytes 5-9/${whole.length}`);
  expect((await get(url, { HTTP_RANGE: 'bytes=-3' })).body).toBe(whole.slice(-3));
  const none = await get(url, { HTTP_RANGE: `bytes=${whole.length}-` });
  expect(none.status).toBe('416 Range Not Satisfiable');
  expect(header(none, 'content-range')).toBe(`bytes */${whole.length}`);
});

test('a large file and an empty one are whole', async () => {
  const { get } = await site({ ...SITE, 'static/empty.js': '' });
  expect((await get('/static/big.txt')).body).toBe(BIG);
  expect(await get('/static/empty.js')).toMatchObject({ status: '200 OK', body: '' });
});

test('many files of which not all are kept in memory are whole', async () => {
  const names = Array.from({ length: 20 }, (_, i) => `middle-${i}.txt`);
  const { get } = await site(Object.fromEntries(names.map((name) => [`static/${name}`, MIDDLE])));
  for (const name of [...names, ...names]) {
    const answer = await get(`/static/${name}`);
    expect(answer.body.length).toBe(MIDDLE.length);
    expect(answer.body === MIDDLE, name).toBe(true);
  }
});

test('a change is seen at once in development', async () => {
  const { folder, get } = await site(SITE, { DEBUG: true });
  for (const name of ['site.css', 'big.txt']) {
    await get(`/static/${name}`);
    writeFileSync(path.join(folder, 'static', name), `changed ${BIG}`);
    expect((await get(`/static/${name}`)).body).toBe(`changed ${BIG}`);
    rmSync(path.join(folder, 'static', name));
    expect((await get(`/static/${name}`)).status).toBe(NO_FILE);
  }
});

describe('nothing outside of the folders is served, and nothing hidden', () => {
  test.each([
    '/static/../secret.txt',
    '/static/%2e%2e/secret.txt',
    '/static/..%2fsecret.txt',
    '/static/%2e%2e%5csecret.txt',
    '/static/..\\secret.txt',
    '/static/%252e%252e/secret.txt',
    '/static/sub/../../secret.txt',
    '/static//secret.txt',
    '/static//etc/passwd',
    '/static/site.css%00',
    '/static/site.css%00.txt',
    '/static/.hidden',
    '/static/.git/config',
    '/static/sub/.env',
    '/static/link.txt',
    '/static/linked/secret.txt',
    '/static/site.css/',
    '/static/sub',
    '/static/sub/',
    '/static/',
    '/static',
    '/static/./site.css',
    '/static/%ff%fe.css',
    '/static/pipe',
    `/static/${'a'.repeat(5_000)}`,
    '/staticsite.css',
  ])('%s', async (url) => {
    const { folder, get } = await site({
      ...SITE,
      'static/.hidden': 'x',
      'static/.git/config': 'x',
      'static/sub/.env': 'x',
      'static/sub/a.txt': 'x',
    });
    symlinkSync(path.join(folder, 'secret.txt'), path.join(folder, 'static/link.txt'));
    symlinkSync(folder, path.join(folder, 'static/linked'));
    if (process.platform !== 'win32') spawnSync('mkfifo', [path.join(folder, 'static/pipe')]);
    expect((await get(url)).status).toBe(NO_FILE);
  });

  test('but links inside of a folder, names beyond ASCII, and a folder that is a link', async () => {
    const { folder, get } = await site({ ...SITE, 'static/größe ä.txt': 'ä' });
    symlinkSync('site.css', path.join(folder, 'static/same.css'));
    expect((await get('/static/same.css')).body).toBe(CSS);
    expect((await get('/static/gr%C3%B6%C3%9Fe%20%C3%A4.txt')).body).toBe('ä');
    symlinkSync(path.join(folder, 'static'), path.join(folder, 'link'));
    const linked = await createApplication([], { STATICFILES_DIRS: [path.join(folder, 'link')] });
    expect((await ask(linked, '/static/site.css')).body).toBe(CSS);
  });

  test('a folder whose name begins like the one that is served is another one', async () => {
    const { folder, get } = await site({ ...SITE, 'static-secret/a.txt': 'secret' });
    symlinkSync(path.join(folder, 'static-secret/a.txt'), path.join(folder, 'static/a.txt'));
    expect((await get('/static/a.txt')).status).toBe(NO_FILE);
  });
});

describe('compressed siblings', () => {
  const files = {
    ...SITE,
    'static/site.css.br': 'BR',
    'static/site.css.gz': 'GZ',
    'static/site.css.zst': 'ZS',
  };

  test.each([
    ['gzip, deflate, br, zstd', 'br', 'BR'],
    ['gzip', 'gzip', 'GZ'],
    ['zstd, gzip', 'zstd', 'ZS'],
    ['deflate', undefined, CSS],
  ])('with Accept-Encoding: %s', async (accept, coding, body) => {
    const { get } = await site(files);
    const plain = await get('/static/site.css');
    const answer = await get('/static/site.css', { HTTP_ACCEPT_ENCODING: accept });
    expect(answer.body).toBe(body);
    expect(header(answer, 'content-encoding')).toBe(coding);
    expect(header(answer, 'content-type')).toBe('text/css; charset=utf-8');
    expect(header(answer, 'vary')).toBe('Accept-Encoding');
    expect(header(answer, 'etag') === header(plain, 'etag')).toBe(coding === undefined);
    const again = { HTTP_ACCEPT_ENCODING: accept, HTTP_IF_NONE_MATCH: header(answer, 'etag')! };
    expect((await get('/static/site.css', again)).status).toBe('304 Not Modified');
  });

  test('parts are of the plain file', async () => {
    const { get } = await site(files);
    const environ = { HTTP_ACCEPT_ENCODING: 'br', HTTP_RANGE: 'bytes=0-3' };
    expect((await get('/static/site.css', environ)).body).toBe(CSS.slice(0, 4));
  });

  test('one that is older than its file is not used', async () => {
    const { folder, get } = await site(files, { DEBUG: true });
    utimesSync(path.join(folder, 'static/site.css.br'), 1, 1);
    expect((await get('/static/site.css', { HTTP_ACCEPT_ENCODING: 'br' })).body).toBe(CSS);
  });
});

describe('names with a hash', () => {
  test('are made in production, and may be kept for a year', async () => {
    const { get } = await site(SITE);
    const url = (await get('/url/site.css')).body;
    expect(url).toBe(`/static/site.${HASH}.css`);
    const answer = await get(url);
    expect(answer.body).toBe(CSS);
    expect(header(answer, 'cache-control')).toBe('public, max-age=31536000, immutable');
  });

  test('of another content are answered with the content of now, which is validated', async () => {
    const { get } = await site(SITE);
    const answer = await get('/static/site.000000000000.css');
    expect(answer.body).toBe(CSS);
    expect(header(answer, 'cache-control')).toBe('no-cache');
  });

  test('are not made in development, nor for what is not there', async () => {
    const development = await site(SITE, { DEBUG: true });
    expect((await development.get('/url/site.css')).body).toBe('/static/site.css');
    const { get } = await site(SITE);
    expect((await get('/url/nothing.css')).body).toBe('/static/nothing.css');
  });

  test('keep a fragment behind them', async () => {
    const { get } = await site(SITE);
    expect((await get('/url/site.css%23top')).body).toBe(`/static/site.${HASH}.css#top`);
  });
});

test('the URL has the mount point, and the files are below it', async () => {
  const { application } = await site(SITE, { DEBUG: true, STATIC_URL: '/assets/' });
  const mounted = mount({ '/shop': application }, application);
  expect((await ask(mounted, '/shop/url/site.css')).body).toBe('/shop/assets/site.css');
  expect((await ask(mounted, '/shop/assets/site.css')).body).toBe(CSS);
});

test('a STATIC_URL of another host is only written', async () => {
  const { get } = await site(SITE, { DEBUG: true, STATIC_URL: 'https://cdn.example.com/' });
  expect((await get('/url/a%20b.css')).body).toBe('https://cdn.example.com/a%20b.css');
  expect((await get('/static/site.css')).status).toBe(NO_FILE);
});

test('a file that lies in several folders comes from the first', async () => {
  const folder = temporaryFolder({ 'a/x.txt': 'a', 'b/x.txt': 'b', 'b/y.txt': 'b' });
  const STATICFILES_DIRS = [path.join(folder, 'a'), path.join(folder, 'missing'), path.join(folder, 'b')];
  const application = await createApplication([], { STATICFILES_DIRS });
  expect((await ask(application, '/static/x.txt')).body).toBe('a');
  expect((await ask(application, '/static/y.txt')).body).toBe('b');
});

test('what is not a file is left to the views', async () => {
  const folder = temporaryFolder();
  mkdirSync(path.join(folder, 'made'));
  const view = () => new Response('made');
  const application = await createApplication([route('static/made', view)], { STATICFILES_DIRS: [folder] });
  expect((await ask(application, '/static/made')).body).toBe('made');
});

test.each([
  ['STATIC_URL', 'static', /STATIC_URL setting must be a path or a URL with a slash at its end/],
  ['STATIC_URL', '//cdn/', /STATIC_URL/],
  ['STATICFILES_DIRS', 'static', /STATICFILES_DIRS setting must be a list of folders/],
])('%s = %j is refused', async (name, value, message) => {
  await expect(createApplication([], { [name]: value })).rejects.toThrow(message);
});

test('staticUrl() refuses a slash in front', () => {
  expect(() => staticUrl('/site.css')).toThrow('staticUrl() takes the path in a folder of STATICFILES_DIRS');
});

test('staticFiles() wraps any application', async () => {
  const folder = temporaryFolder({ 'site.css': CSS });
  const application = staticFiles({ url: '/assets/', folders: [folder] }, (_environ, startResponse) => {
    startResponse('200 OK', [['Content-Type', 'text/plain']]);
    return [Buffer.from('other')];
  });
  const bodies: Answer[] = [await ask(application, '/assets/site.css'), await ask(application, '/other')];
  expect(bodies.map(({ body }) => body)).toEqual([CSS, 'other']);
  expect(() => staticFiles({ url: 'assets', folders: [] }, application)).toThrow('a slash at both ends');
});
