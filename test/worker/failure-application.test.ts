import { describe, expect, test } from 'vitest';
import { failureApplication } from '../../src/worker/failure-application.ts';
import { ask, header } from '../handler/_client.ts';

const FAILURE = {
  name: 'ImproperlyConfigured',
  message: 'mysite/wsgi.ts:1:7: syntax error: <b>no</b>',
  hint: 'Give it a name.',
  codeFrame: '> 1 | const = 1',
  stack: 'Error: no\n    at home (/srv/mysite/mysite/views.ts:3:7)',
};

function get(
  accept: string | undefined,
  url = '/',
  failure: Parameters<typeof failureApplication>[0] = FAILURE,
) {
  return ask(failureApplication(failure), url, { environ: { HTTP_ACCEPT: accept } });
}

describe('whatever is asked', () => {
  test.each(['/', '/admin/', '/static/a.css'])('%s is answered with what is wrong', async (url) => {
    const { status, body } = await get('*/*', url);
    expect([status, body]).toEqual(['500 Internal Server Error', expect.stringContaining(FAILURE.message)]);
  });

  test('the answer is not kept', async () => {
    expect(header(await get('*/*'), 'cache-control')).toBe('no-store');
  });

  test('the answer has its length in bytes', async () => {
    const answer = await get('*/*', '/', { ...FAILURE, message: '€' });
    expect(header(answer, 'content-length')).toBe(String(Buffer.byteLength(answer.body)));
    expect(answer.body).toContain('€');
  });
});

describe('a browser', () => {
  test('gets a page', async () => {
    const answer = await get('text/html,application/xhtml+xml;q=0.9,*/*;q=0.8');
    expect(header(answer, 'content-type')).toBe('text/html; charset=utf-8');
    expect(answer.body).toMatch(/^<!doctype html>/i);
  });

  test('gets what is wrong as text, whatever it looks like', async () => {
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

  test('gets no more than there is', async () => {
    const { body } = await get('*/*', '/', { name: 'Error', message: 'no' });
    expect(body).toContain('no');
    expect(body).not.toMatch(/Hint|Traceback|undefined/);
  });
});
