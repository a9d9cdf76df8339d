import { describe, expect, test } from 'vitest';
import { toNodeHandler } from '../../../src/adapters/node/index.ts';
import type { Environ, WSGIApplication } from '../../../src/wsgi/types.ts';
import { bytes, capture, exchange, headersOf } from '../../servers/http/_http.ts';
import { listen } from '../_listen.ts';

const HEADERS: WSGIApplication = (_environ, startResponse) => {
  startResponse('200 Fine', [
    ['Content-Type', 'text/plain'],
    ['Link', '<a>'],
    ['Link', '<b>'],
    ['Set-Cookie', 'inner=1'],
  ]);
  return [bytes('ok')];
};

test('headers of the framework stay, and give way to those of the application, but for cookies', async () => {
  const { port } = await listen((request, response) => {
    response.setHeader('X-Framework', 'yes');
    response.setHeader('content-type', 'text/html');
    response.setHeader('Set-Cookie', 'outer=1');
    toNodeHandler(HEADERS)(request, response);
  });
  const answer = await exchange(port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  const own = headersOf(answer).filter((header) => !/^(date|connection)/i.test(header));
  expect(answer).toMatch(/^HTTP\/1.1 200 Fine\r\n/);
  expect(own).toEqual([
    'X-Framework: yes',
    'Content-Type: text/plain',
    'Set-Cookie: outer=1',
    'Set-Cookie: inner=1',
    'Link: <a>',
    'Link: <b>',
    'Content-Length: 2',
  ]);
});

test('a body that was read before is an error that says so, not an empty body', async () => {
  const messages: string[] = [];
  const handler = toNodeHandler(
    async (environ, startResponse) => {
      const body = await environ['wsgi.input'].read();
      startResponse('200 OK', []);
      return [body];
    },
    { onError: (error) => messages.push((error as Error).message) },
  );
  const { url } = await listen(async (request, response) => {
    for await (const _block of request);
    await handler(request, response);
  });
  const { status } = await fetch(url, { method: 'POST', body: 'hello' });
  expect(status).toBe(500);
  expect(messages).toEqual([expect.stringContaining('Mount the application before the body parser')]);
});

test('options add to the environ, and their error is a 500', async () => {
  const { application, environs } = capture();
  const environ = (request: { url?: string | undefined }): Partial<Environ> => {
    if (request.url === '/wrong') throw new Error('no user');
    return { REMOTE_USER: 'ada' };
  };
  const { url } = await listen(toNodeHandler(application, { environ, onError: () => {} }));
  const good = await fetch(`${url}/`);
  const wrong = await fetch(`${url}/wrong`);
  expect([good.status, wrong.status]).toEqual([200, 500]);
  expect(environs[0]).toMatchObject({ REMOTE_USER: 'ada' });
});

test('a framework may have set headers and taken them back', async () => {
  const handler = toNodeHandler((_environ, startResponse) => {
    startResponse('200 OK', [
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
    ]);
    return [];
  });
  const { url } = await listen((request, response) => {
    response.setHeader('X-Powered-By', 'a framework');
    response.removeHeader('X-Powered-By');
    return handler(request, response);
  });
  const { status, headers } = await fetch(url);
  expect([status, headers.getSetCookie()]).toEqual([200, ['a=1', 'b=2']]);
});

test.each([
  ['', '200'],
  ['/site', '404'],
])(
  'OPTIONS * is answered in the place of an application that is mounted at %j',
  async (scriptName, status) => {
    const { application, environs } = capture();
    const { port } = await listen(toNodeHandler(application, scriptName === '' ? {} : { scriptName }));
    const answer = await exchange(port, 'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(answer.slice(9, 12)).toBe(status);
    expect(environs).toEqual([]);
  },
);

test('what our own servers refuse is refused here', async () => {
  const { application, environs } = capture();
  const { port } = await listen(toNodeHandler(application));
  const answer = await exchange(
    port,
    'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
  );
  expect(answer).toMatch(/^HTTP\/1.1 501 /);
  expect(environs).toEqual([]);
});

describe('the mount', () => {
  test.each([
    {
      says: 'Express, of a path below',
      baseUrl: '/a',
      originalUrl: '/a/b?q',
      url: '/b?q',
      mount: '/a',
      path: '/b',
    },
    {
      says: 'Express, of the mount itself',
      baseUrl: '/a',
      originalUrl: '/a?q',
      url: '/?q',
      mount: '/a',
      path: '',
    },
    { says: 'Express, with the slash', baseUrl: '/a', originalUrl: '/a/', url: '/', mount: '/a', path: '/' },
    {
      says: 'Express, of a rewritten URL',
      baseUrl: '/a',
      originalUrl: '/a/b',
      url: '/c',
      mount: '/a',
      path: '/c',
    },
    {
      says: 'Express, of a URL as the target',
      baseUrl: '/a',
      originalUrl: 'http://x/a/b',
      url: 'http://x/b',
      mount: '/a',
      path: '/b',
    },
    {
      says: 'Express, of the URL of the mount itself',
      baseUrl: '/a',
      originalUrl: 'http://x/a?q',
      url: 'http://x?q',
      mount: '/a',
      path: '',
    },
    {
      says: 'Connect, of a URL as the target',
      baseUrl: undefined,
      originalUrl: 'http://x/a/b',
      url: 'http://x/b',
      mount: '/a',
      path: '/b',
    },
    { says: 'Express, not mounted', baseUrl: '', originalUrl: '/b', url: '/b', mount: '', path: '/b' },
    { says: 'Connect', baseUrl: undefined, originalUrl: '/a%20/b', url: '/b', mount: '/a ', path: '/b' },
    {
      says: 'Connect, of the mount itself',
      baseUrl: undefined,
      originalUrl: '/a',
      url: '/',
      mount: '/a',
      path: '',
    },
    {
      says: 'Connect, of a rewritten URL',
      baseUrl: undefined,
      originalUrl: '/b',
      url: '/c',
      mount: '',
      path: '/c',
    },
  ])('is what $says tells', async ({ baseUrl, originalUrl, url, mount, path }) => {
    const { application, environs } = capture();
    const handler = toNodeHandler(application);
    const { url: root } = await listen((request, response) => {
      Object.assign(request, { url, originalUrl, baseUrl });
      handler(request, response);
    });
    await fetch(root);
    expect(environs[0]).toMatchObject({ SCRIPT_NAME: mount, PATH_INFO: path });
  });

  test.each([
    ['/site', 200, ''],
    ['/site/', 200, '/'],
    ['/site/page', 200, '/page'],
    ['/sites', 404, undefined],
    ['/', 404, undefined],
  ])('is the option: %s', async (target, status, path) => {
    const { application, environs } = capture();
    const { url } = await listen(toNodeHandler(application, { scriptName: '/site' }));
    const answer = await fetch(url + target);
    expect(answer.status).toBe(status);
    expect(environs[0]?.PATH_INFO).toBe(path);
  });
});
