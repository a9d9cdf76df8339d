import { describe, expect, test } from 'vitest';
import { path } from '../../src/handler/urls/index.ts';
import { ask, createApplication, createEnviron, type RequestOptions } from './_client.ts';

/** The Request that a view gets, and what `look` makes of it. */
async function seen<T>(
  url: string,
  look: (request: Request) => T | Promise<T>,
  options: RequestOptions = {},
  settings: object = {},
): Promise<T> {
  const found: T[] = [];
  const view = async (request: Request) => {
    found.push(await look(request));
    return new Response();
  };
  const application = await createApplication([path('', view), path('<path:rest>', view)], { ...settings });
  const { status } = await ask(application, url, options);
  expect(status).toBe('200 OK');
  return found[0]!;
}

const urlOf = ({ url }: Request) => url;

describe('URL', () => {
  test.each([
    ['/', 'http://testserver/'],
    ['/a/b/', 'http://testserver/a/b/'],
    ['/a%20b', 'http://testserver/a%20b'],
    ['/caf%C3%A9', 'http://testserver/caf%C3%A9'],
    ['/caf%E9', 'http://testserver/caf%E9'],
    ['/100%25', 'http://testserver/100%25'],
    ['/a%3Fb%23c', 'http://testserver/a%3Fb%23c'],
    ['//evil.example/x', 'http://testserver//evil.example/x'],
    ['/a?b=c%20d&e', 'http://testserver/a?b=c%20d&e'],
    ['/a?b=\xe9#', 'http://testserver/a?b=%E9%23'],
    ['/a?', 'http://testserver/a'],
  ])('%s is %s', async (url, expected) => {
    expect(await seen(url, urlOf)).toBe(expected);
  });

  test('begins with the mount point', async () => {
    expect(await seen('/page', urlOf, { environ: { SCRIPT_NAME: '/app' } })).toBe(
      'http://testserver/app/page',
    );
  });

  test('has the Host header with its port', async () => {
    const environ = { HTTP_HOST: 'testserver:8000' };
    expect(await seen('/', urlOf, { environ })).toBe('http://testserver:8000/');
  });

  test('has the name and port of the server when there is no Host header', async () => {
    const environ = { HTTP_HOST: undefined, SERVER_PORT: '8080' };
    expect(await seen('/', urlOf, { environ })).toBe('http://testserver:8080/');
  });

  test('has the scheme of the environ', async () => {
    expect(await seen('/', urlOf, { environ: { 'wsgi.url_scheme': 'https' } })).toBe('https://testserver/');
  });

  test.each([
    ['https', 'https://testserver/'],
    ['https, http', 'https://testserver/'],
    ['http', 'http://testserver/'],
  ])('has the scheme that a proxy names in SECURE_PROXY_SSL_HEADER: %s', async (value, expected) => {
    const settings = { SECURE_PROXY_SSL_HEADER: ['HTTP_X_FORWARDED_PROTO', 'https'] };
    const environ = { HTTP_X_FORWARDED_PROTO: value };
    expect(await seen('/', urlOf, { environ }, settings)).toBe(expected);
  });

  test('of an empty PATH_INFO ends in a slash', async () => {
    expect(await seen('', urlOf)).toBe('http://testserver/');
  });

  test('has the mount point that FORCE_SCRIPT_NAME names', async () => {
    const environ = { SCRIPT_NAME: '/server' };
    expect(await seen('/x', urlOf, { environ }, { FORCE_SCRIPT_NAME: '/mine' })).toBe(
      'http://testserver/mine/x',
    );
  });

  test('has the bytes of a FORCE_SCRIPT_NAME in UTF-8', async () => {
    expect(await seen('/x', urlOf, {}, { FORCE_SCRIPT_NAME: '/café' })).toBe('http://testserver/caf%C3%A9/x');
  });

  test('has the mount point from before a rewrite by Apache', async () => {
    const environ = { SCRIPT_NAME: '/mysite.fcgi', SCRIPT_URL: '/foo//bar/x' };
    expect(await seen('/x', urlOf, { environ })).toBe('http://testserver/foo/bar/x');
  });
});

test('a SCRIPT_URL that is not a path says nothing of the mount point', async () => {
  expect(await seen('/x', urlOf, { environ: { SCRIPT_URL: 'unix:', SCRIPT_NAME: '/a' } })).toBe(
    'http://testserver/a/x',
  );
});

describe('method and headers', () => {
  test('the method is upper-case', async () => {
    expect(await seen('/', ({ method }) => method, { method: 'patch' })).toBe('PATCH');
  });

  test('HTTP_ variables are headers', async () => {
    const environ = { HTTP_X_REQUEST_ID: 'abc', HTTP_COOKIE: 'a=1; b=2' };
    const headers = await seen('/', (request) => Object.fromEntries(request.headers), { environ });
    expect(headers).toEqual({ host: 'testserver', 'x-request-id': 'abc', cookie: 'a=1; b=2' });
  });

  test('CONTENT_TYPE and CONTENT_LENGTH are headers', async () => {
    const options = { method: 'POST', body: '{}', environ: { CONTENT_TYPE: 'application/json' } };
    const headers = await seen('/', (request) => Object.fromEntries(request.headers), options);
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'content-length': '2' });
  });

  test('one that is not a word is a bad request', async () => {
    const application = await createApplication([path('', () => new Response())]);
    expect((await ask(application, '/', { method: 'A B' })).status).toBe('400 Bad Request');
  });

  test.each(['TRACE', 'TRACK', 'CONNECT', 'trace'])(
    '%s, which a Request cannot have, is not implemented',
    async (method) => {
      for (const DEBUG of [true, false]) {
        const application = await createApplication([path('', () => new Response())], { DEBUG });
        const answer = await ask(application, '/', { method });
        expect(answer).toMatchObject({ status: '501 Not Implemented', log: '' });
      }
    },
  );
});

describe('body', () => {
  test('is what wsgi.input holds', async () => {
    const text = await seen('/', (request) => request.text(), { method: 'POST', body: 'a=1&b=ü' });
    expect(text).toBe('a=1&b=ü');
  });

  test('can be read as a form', async () => {
    const options = {
      method: 'POST',
      body: 'a=1',
      environ: { CONTENT_TYPE: 'application/x-www-form-urlencoded' },
    };
    expect(await seen('/', async (request) => (await request.formData()).get('a'), options)).toBe('1');
  });

  test.each(['GET', 'HEAD'])('%s has none, whatever is sent', async (method) => {
    expect(await seen('/', ({ body }) => body, { method, body: 'x' })).toBe(null);
  });

  test.each([
    ['no length', {}],
    ['a length of 0', { CONTENT_LENGTH: '0' }],
    ['a length that is not a number', { CONTENT_LENGTH: '-5' }],
  ])('POST with %s has none', async (_, environ) => {
    expect(await seen('/', ({ body }) => body, { method: 'POST', environ })).toBe(null);
  });

  test('a chunked one is read to its end', async () => {
    const environ = { CONTENT_LENGTH: undefined, HTTP_TRANSFER_ENCODING: 'chunked' };
    expect(await seen('/', (request) => request.text(), { method: 'POST', body: 'abc', environ })).toBe(
      'abc',
    );
  });

  test('ends at CONTENT_LENGTH when the input does not', async () => {
    const options = { method: 'POST', body: 'abcGET / HTTP/1.1', environ: { CONTENT_LENGTH: '3' } };
    expect(await seen('/', (request) => request.text(), options)).toBe('abc');
  });

  test('is not read before the view reads it', async () => {
    const application = await createApplication([path('', () => new Response('unread'))]);
    let reads = 0;
    const environ = createEnviron('/', { method: 'POST', body: 'abc' });
    environ['wsgi.input'][Symbol.asyncIterator] = async function* () {
      reads++;
      yield new Uint8Array(3);
    };
    await application(environ, () => async () => {});
    expect(reads).toBe(0);
  });
});
