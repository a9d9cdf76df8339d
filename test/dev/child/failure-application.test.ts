import { describe, expect, test } from 'vitest';
import { failureApplication } from '../../../src/dev/child/failure-application.ts';
import { UNKNOWN_ACCESS } from '../../../src/handler/errors/page-access.ts';
import { ask, header } from '../../handler/_client.ts';

const FAILURE = {
  name: 'ImproperlyConfigured',
  message: 'mysite/wsgi.ts:1:7: syntax error: <b>no</b>',
  hint: 'Give it a name.',
  codeFrame: '> 1 | const = 1',
  stack: 'Error: no\n    at home (/srv/mysite/mysite/views.ts:3:7)',
};

const ACCESS = { DEBUG: true, ALLOWED_HOSTS: ['testserver'], USE_X_FORWARDED_HOST: false };

function get(
  accept: string | undefined,
  url = '/',
  failure: Parameters<typeof failureApplication>[0] = FAILURE,
) {
  return ask(failureApplication(failure, ACCESS), url, { environ: { HTTP_ACCEPT: accept } });
}

describe('every request', () => {
  test.each(['/', '/admin/', '/static/a.css'])('%s is answered with the failure', async (url) => {
    const { status, body } = await get('*/*', url);
    expect([status, body]).toEqual(['500 Internal Server Error', expect.stringContaining(FAILURE.message)]);
  });

  test('gets a response that must not be cached', async () => {
    expect(header(await get('*/*'), 'cache-control')).toBe('no-store');
  });

  test('gets a response with its length in bytes', async () => {
    const answer = await get('*/*', '/', { ...FAILURE, message: '€' });
    expect(header(answer, 'content-length')).toBe(String(Buffer.byteLength(answer.body)));
    expect(answer.body).toContain('€');
  });
});

describe('a browser', () => {
  test('gets an HTML page', async () => {
    const answer = await get('text/html,application/xhtml+xml;q=0.9,*/*;q=0.8');
    expect(header(answer, 'content-type')).toBe('text/html; charset=utf-8');
    expect(answer.body).toMatch(/^<!doctype html>/i);
  });

  test('gets the message as text, whatever characters it has', async () => {
    const { body } = await get('text/html');
    expect(body).not.toContain('<b>no</b>');
    expect(body).toMatch(/(?:&lt;|&#60;)b(?:&gt;|&#62;)no/);
  });

  test('sees the hint, the code and the place', async () => {
    const body = (await get('text/html')).body.replace(/<[^>]*>/g, '');
    for (const text of ['Give it a name.', 'const = 1', 'views.ts']) expect(body).toContain(text);
  });
});

describe('any other client', () => {
  test.each([undefined, '*/*', 'application/json'])('that accepts %s gets text', async (accept) => {
    const answer = await get(accept);
    expect(header(answer, 'content-type')).toBe('text/plain; charset=utf-8');
    for (const text of [FAILURE.message, 'Hint: Give it a name.', FAILURE.codeFrame, 'views.ts:3'])
      expect(answer.body).toContain(text);
  });

  test('gets no lines for missing details', async () => {
    const { body } = await get('*/*', '/', { name: 'Error', message: 'no' });
    expect(body).toContain('no');
    expect(body).not.toMatch(/Hint|Traceback|undefined/);
  });
});

describe('a request that may see no details', () => {
  const SECRETS = /syntax error|Give it a name|const = 1|views\.ts|srv/;
  const off = { ...ACCESS, DEBUG: false };
  const forwarded = { ...ACCESS, USE_X_FORWARDED_HOST: true };

  test.each([
    ['by a host that is not allowed', ACCESS, { HTTP_HOST: 'evil.com' }],
    [
      'by a name that leads to this machine, while no settings are known',
      UNKNOWN_ACCESS,
      { HTTP_HOST: 'rebound.evil.com:8000' },
    ],
    ['by a host that ends like an allowed one', UNKNOWN_ACCESS, { HTTP_HOST: 'evillocalhost' }],
    ['by a forwarded host that is not allowed', forwarded, { HTTP_X_FORWARDED_HOST: 'evil.com' }],
    ['with two hosts', ACCESS, { HTTP_HOST: 'testserver, evil.com' }],
    ['by an allowed host, with DEBUG off', off, {}],
  ])('gets a short page: %s', async (_, access, environ) => {
    for (const HTTP_ACCEPT of ['text/html', '*/*']) {
      const application = failureApplication(FAILURE, access);
      const { status, body } = await ask(application, '/', { environ: { HTTP_ACCEPT, ...environ } });
      expect(status).toBe('500 Internal Server Error');
      expect(body).toContain('The site could not be loaded');
      expect(body).not.toMatch(SECRETS);
    }
  });

  test.each(['localhost:8000', '127.0.0.1:8000', '[::1]:8000', 'mysite.localhost'])(
    'does not include one by %s while no settings are known',
    async (HTTP_HOST) => {
      const { body } = await ask(failureApplication(FAILURE, UNKNOWN_ACCESS), '/', {
        environ: { HTTP_HOST },
      });
      expect(body).toContain(FAILURE.message);
    },
  );
});
