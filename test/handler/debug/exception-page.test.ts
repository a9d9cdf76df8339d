import { describe, expect, test } from 'vitest';
import { ImproperlyConfigured } from '../../../src/errors.ts';
import { path } from '../../../src/handler/urls/index.ts';
import { type Answer, ask, createApplication, header, type RequestOptions } from '../_client.ts';

function explode(): never {
  throw new RangeError('<script>alert(1)</script>');
}

async function answerTo(view: () => unknown, options: RequestOptions = {}): Promise<Answer> {
  const application = await createApplication([path('boom/', view as () => Response)], SETTINGS);
  return ask(application, '/boom/?page=2&q=%3Cb%3E', options);
}

const asHtml = (view: () => unknown = explode, environ: object = {}) =>
  answerTo(view, { environ: { HTTP_ACCEPT: 'text/html,*/*;q=0.8', ...environ } });
const asText = (view: () => unknown = explode, environ: object = {}) => answerTo(view, { environ });

// Far from the functions above, whose source lines the page shows.
const SETTINGS = {
  DEBUG: true,
  SECRET_KEY: 'hush-1',
  API_TOKEN: 'hush-2',
  DATABASES: { default: { NAME: 'db', PASSWORD: 'hush-3', OPTIONS: [{ sslKey: 'hush-4' }] } },
  CACHE_URL: 'redis://me:hush-5@host/0',
};

describe('kind', () => {
  test.each([
    ['text/html', 'text/html; charset=utf-8'],
    ['text/html,application/xhtml+xml;q=0.9,*/*;q=0.8', 'text/html; charset=utf-8'],
    ['text/*', 'text/html; charset=utf-8'],
    ['application/json', 'text/plain; charset=utf-8'],
    ['*/*', 'text/plain; charset=utf-8'],
    ['text/html;q=0, text/plain', 'text/plain; charset=utf-8'],
    [undefined, 'text/plain; charset=utf-8'],
  ])('Accept: %s is answered with %s', async (accept, type) => {
    const answer = await answerTo(explode, { environ: { HTTP_ACCEPT: accept } });
    expect(answer.status).toBe('500 Internal Server Error');
    expect(header(answer, 'content-type')).toBe(type);
  });
});

describe('what it shows', () => {
  test('the name, the message and the path', async () => {
    expect((await asText()).body).toMatch(/^RangeError at \/boom\/\n<script>alert\(1\)<\/script>\n/);
  });

  test('the method and the URL', async () => {
    expect((await asText()).body).toContain('Request: GET http://testserver/boom/?page=2&q=%3Cb%3E');
  });

  test('where it was thrown, and the lines around', async () => {
    const { body } = await asText();
    expect(body).toMatch(
      /Exception location: test\/handler\/debug\/exception-page\.test\.ts:\d+:\d+, in explode/,
    );
    expect(body).toMatch(/ {4}> +\d+ \| {3}throw new RangeError/);
  });

  test('the newest call first', async () => {
    const { body } = await asText();
    expect(body.indexOf('at explode')).toBeLessThan(body.indexOf('at callView'));
  });

  test('the causes', async () => {
    const view = () => {
      throw new Error('outer', { cause: new TypeError('inner') });
    };
    expect((await asText(view)).body).toContain('Caused by TypeError: inner\n  at ');
    expect((await asHtml(view)).body).toContain('<b>TypeError</b> inner');
  });

  test('the hint of an error that has one', async () => {
    const view = () => {
      throw new ImproperlyConfigured('No mail.', { hint: 'Set MAIL_HOST.' });
    };
    expect((await asText(view)).body).toContain('Hint: Set MAIL_HOST.');
    expect((await asHtml(view)).body).toContain('<p class="hint">Set MAIL_HOST.</p>');
  });

  test('what was thrown when that is no Error', async () => {
    const view = () => Promise.reject('oops');
    expect((await asText(view)).body).toContain('oops was thrown, which is not an Error.');
  });

  test('GET data and cookies', async () => {
    const { body } = await asText(explode, {
      HTTP_COOKIE: 'theme=dark; sessionid=hush-6; csrf_token=hush-7',
    });
    expect(body).toContain('GET:\n  page: 2\n  q: <b>');
    expect(body).toContain('Cookies:\n  theme: dark\n  sessionid: ****');
    expect(body).not.toContain('hush');
  });

  test('that there is a body, and leaves it alone', async () => {
    const answer = await answerTo(explode, { method: 'POST', body: 'a=1' });
    expect(answer.body).toContain('POST: A body of 3 bytes, which is left for the view to read');
  });

  test('the settings module and the settings', async () => {
    const { body } = await asText();
    expect(body).toContain('Settings:\n  SETTINGS_MODULE: (given as an object)\n');
    expect(body).toContain('  APPEND_SLASH: true');
  });
});

describe('what it hides', () => {
  const secrets = { HTTP_AUTHORIZATION: 'hush-6', HTTP_COOKIE: 'auth=hush-7', HTTP_X_API_VERSION: 'hush-8' };

  test.each([
    ['HTML', asHtml],
    ['text', asText],
  ])('secrets in %s', async (_, answer) => {
    const { body } = await answer(explode, secrets);
    expect(body).not.toContain('hush');
    expect(body).toContain('SECRET_KEY');
    expect(body).toContain('redis://me:********************@host/0');
  });

  test('whatever is not of the request', async () => {
    const { body } = await asText(explode, { HOME: '/home/me', PATH: '/bin', 'other.server': 'in-house' });
    expect(body).not.toMatch(/\/home\/me|\/bin|in-house/);
  });

  test('markup in messages', async () => {
    const { body } = await asHtml();
    expect(body).not.toContain('<script>');
    expect(body).toContain('&#60;script&#62;alert(1)&#60;/script&#62;');
  });

  test('the rest of a long value', async () => {
    const { body } = await asText(explode, { HTTP_X_LONG: 'x'.repeat(5000) });
    expect(body).toContain('… <trimmed 904 characters>');
  });
});

test('a page asks the network for nothing and runs no script', async () => {
  const { body } = await asHtml();
  expect(body).not.toMatch(/<script|<link(?! rel="icon" href="data:,")|<img|src=|@import|url\(/);
});

test('the frames of packages and of Node are dimmed, those of the site are not', async () => {
  const { body } = await asHtml();
  expect(body).toMatch(/<li class="site"><details open><summary class="frame"><b>explode<\/b>/);
  expect(body).toMatch(/<li class="dim"><div class="frame"><b>callView<\/b>/);
});

test('a foreign host gets the page with status 400', async () => {
  const answer = await asHtml(explode, { HTTP_HOST: 'evil.com' });
  expect(answer.status).toBe('400 Bad Request');
  expect(answer.body).toContain('DisallowedHost at /boom/');
});
