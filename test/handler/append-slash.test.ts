import { describe, expect, test } from 'vitest';
import { path } from '../../src/handler/urls/index.ts';
import { type Answer, ask, createApplication, header, type RequestOptions } from './_client.ts';

const hello = () => new Response('Hello');
const URLPATTERNS = [path('page/', hello), path('plain', hello), path('<path:any>/end/', hello)];

async function answerTo(url: string, options: RequestOptions = {}, settings: object = {}): Promise<Answer> {
  return ask(await createApplication(URLPATTERNS, { ...settings }), url, options);
}

test('a path that only matches with a slash is redirected there, with its query', async () => {
  const answer = await answerTo('/page?a=1&b=2');
  expect(answer.status).toBe('301 Moved Permanently');
  expect(header(answer, 'location')).toBe('/page/?a=1&b=2');
});

test('the redirect keeps the mount point', async () => {
  const answer = await answerTo('/page', { environ: { SCRIPT_NAME: '/app' } });
  expect(header(answer, 'location')).toBe('/app/page/');
});

test('the redirect never leads to another host', async () => {
  expect(header(await answerTo('//evil.com/end'), 'location')).toBe('/%2Fevil.com/end/');
});

test('the redirect keeps the method of what is not a GET', async () => {
  expect((await answerTo('/page', { method: 'POST', body: 'x' })).status).toBe('308 Permanent Redirect');
});

test.each(['/plain', '/page/', '/nothing'])('%s is not redirected', async (url) => {
  expect(header(await answerTo(url), 'location')).toBe(undefined);
});

test('nothing is redirected when APPEND_SLASH is false', async () => {
  expect((await answerTo('/page', {}, { APPEND_SLASH: false })).status).toBe('404 Not Found');
});

describe('with DEBUG', () => {
  test.each(['POST', 'PUT', 'PATCH'])('%s gets an error, as its data may get lost', async (method) => {
    const answer = await answerTo('/page', { method, body: 'x' }, { DEBUG: true });
    expect(answer.status).toBe('500 Internal Server Error');
    expect(answer.body).toContain(
      `${method} /page matches no view, but the same path with a slash at its end does`,
    );
    expect(answer.body).toContain('send the request to testserver/page/, or set APPEND_SLASH to false.');
  });

  test('GET is redirected', async () => {
    expect((await answerTo('/page', {}, { DEBUG: true })).status).toBe('301 Moved Permanently');
  });
});
