import { describe, expect, test } from 'vitest';
import { path } from '../../src/handler/urls/index.ts';
import { type Answer, ask, createApplication } from './_client.ts';

async function askAs(host: string, settings: object, environ: object = {}): Promise<Answer> {
  const application = await createApplication([path('', () => new Response('Hello'))], { ...settings });
  return ask(application, '/', { environ: { HTTP_HOST: host, ...environ } });
}

describe('ALLOWED_HOSTS', () => {
  test.each([
    ['example.com', ['example.com']],
    ['EXAMPLE.com', ['example.COM']],
    ['example.com:8080', ['example.com']],
    ['example.com.', ['example.com']],
    ['www.example.com', ['.example.com']],
    ['a.b.example.com', ['.example.com']],
    ['example.com', ['.example.com']],
    ['anything.org', ['*']],
    ['[::1]:8000', ['[::1]']],
    ['10.0.0.1', ['a', '10.0.0.1']],
  ])('%s is answered with %j', async (host, ALLOWED_HOSTS) => {
    expect((await askAs(host, { ALLOWED_HOSTS })).status).toBe('200 OK');
  });

  test.each([
    ['example.org', ['example.com']],
    ['www.example.com', ['example.com']],
    ['badexample.com', ['.example.com']],
    ['example.com.evil.org', ['.example.com', 'example.com']],
    ['example.com', []],
    ['localhost', []],
    ['', ['*']],
    ['a b', ['*']],
    ['my_service', ['*']],
    ['user@example.com', ['*']],
    ['example.com:port', ['*']],
    ['example.com:99999', ['*']],
    ['example.com/path', ['*']],
    ['1.2.3.999', ['*']],
  ])('%j is refused with %j', async (host, ALLOWED_HOSTS) => {
    expect((await askAs(host, { ALLOWED_HOSTS })).status).toBe('400 Bad Request');
  });

  test('a refused host is logged in one line, without a stack', async () => {
    const { log } = await askAs('evil.com', {});
    expect(log).toBe(
      "The Host header 'evil.com' names a host that this site does not serve. If it should, put 'evil.com' into ALLOWED_HOSTS.\n",
    );
  });

  test('a host that is not a host name is told so', async () => {
    const { log } = await askAs('a\nb', {});
    expect(log).toBe("The Host header 'a\\nb' is not a host name or an address.\n");
  });
});

describe('with DEBUG', () => {
  test.each(['localhost:8000', 'site.localhost', '127.0.0.1:8000', '[::1]:8000'])(
    'and an empty list, %s is answered',
    async (host) => {
      expect((await askAs(host, { DEBUG: true, ALLOWED_HOSTS: [] })).status).toBe('200 OK');
    },
  );

  test('and a list of its own, only that counts', async () => {
    expect((await askAs('localhost', { DEBUG: true, ALLOWED_HOSTS: ['a.b'] })).status).toBe(
      '400 Bad Request',
    );
  });

  test('the page for a refused host says what to add', async () => {
    const { status, body } = await askAs('evil.com', { DEBUG: true, ALLOWED_HOSTS: [] });
    expect(status).toBe('400 Bad Request');
    expect(body).toContain('put &#39;evil.com&#39; into ALLOWED_HOSTS.');
  });
});

describe('X-Forwarded-Host', () => {
  const environ = { HTTP_X_FORWARDED_HOST: 'public.com' };

  test('counts with USE_X_FORWARDED_HOST', async () => {
    const settings = { ALLOWED_HOSTS: ['public.com'], USE_X_FORWARDED_HOST: true };
    expect((await askAs('internal', settings, environ)).status).toBe('200 OK');
  });

  test('does not count without', async () => {
    expect((await askAs('internal', { ALLOWED_HOSTS: ['public.com'] }, environ)).status).toBe(
      '400 Bad Request',
    );
  });
});

describe('the address of this machine that a client is connected to, with DEBUG and no ALLOWED_HOSTS', () => {
  test.each([
    ['192.0.2.7:8000', '192.0.2.7'],
    ['192.0.2.7', '::ffff:192.0.2.7'],
    ['[2001:db8::1]:8000', '[2001:db8::1]'],
  ])('%s is answered', async (host, SERVER_NAME) => {
    expect((await askAs(host, { DEBUG: true, ALLOWED_HOSTS: [] }, { SERVER_NAME })).status).toBe('200 OK');
  });

  test.each([
    ['another address', '192.0.2.8', '192.0.2.7', {}],
    ['a name, which could be of another site', 'evil.com', 'evil.com', {}],
    ['any, where ALLOWED_HOSTS says which', '192.0.2.7', '192.0.2.7', { ALLOWED_HOSTS: ['a'] }],
    ['any, without DEBUG', '192.0.2.7', '192.0.2.7', { DEBUG: false }],
  ])('%s is refused', async (_, host, SERVER_NAME, settings) => {
    expect((await askAs(host, { DEBUG: true, ALLOWED_HOSTS: [], ...settings }, { SERVER_NAME })).status).toBe(
      '400 Bad Request',
    );
  });
});
