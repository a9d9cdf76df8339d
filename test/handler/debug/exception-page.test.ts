import vm from 'node:vm';
import { describe, expect, onTestFinished, test } from 'vitest';
import { scriptPermission } from '../../../src/dev/child/page-policy.ts';
import { ImproperlyConfigured } from '../../../src/errors.ts';
import { requestStarted } from '../../../src/handler/signals.ts';
import { include, path } from '../../../src/handler/urls/index.ts';
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

test('its policy lets it be shown and reloaded, also where a middleware sets one for pages without', async () => {
  const answer = await asHtml();
  expect(scriptPermission(answer.headers, 'testserver')).toEqual({ isAllowed: true, nonce: undefined });
  expect(header(answer, 'content-security-policy')).toContain("style-src 'unsafe-inline'");
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
    expect(body).toMatch(/Thrown at: test\/handler\/debug\/exception-page\.test\.ts:\d+:\d+, in explode/);
    expect(body).toMatch(/ {4}> +\d+ \| {3}throw new RangeError/);
  });

  test('the view that was called, its route and the line of that', async () => {
    expect((await asText()).body).toMatch(
      /Raised during: explode of 'boom\/', test\/handler\/debug\/exception-page\.test\.ts:\d+:\d+\n/,
    );
    const inner = path('<int:id>/', () => Promise.reject(new Error('no')));
    const application = await createApplication([path('blog/', include([inner]))], SETTINGS);
    expect((await ask(application, '/blog/7/')).body).toContain(
      "Raised during: the inline view of 'blog/<int:id>/', test/",
    );
  });

  test('no view where none was called', async () => {
    const application = await createApplication([path('boom/', explode)], {
      ...SETTINGS,
      MIDDLEWARE: [() => explode],
    });
    const { body } = await ask(application, '/boom/');
    expect(body).toContain('RangeError at /boom/');
    expect(body).not.toContain('Raised during');
  });

  test('the environ, folded like the settings', async () => {
    const { body } = await asHtml();
    expect(body).toMatch(
      /<details class="fold"><summary>Environ <small>secrets hidden<\/small><\/summary><table/,
    );
    expect(body).toContain('<details class="fold"><summary>Settings');
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

  test('an inline view by its route', async () => {
    const application = await createApplication(
      [path('boom/<int:id>/', () => [0].map(() => explode())[0] as never)],
      SETTINGS,
    );
    const { body } = await ask(application, '/boom/7/');
    expect(body).toMatch(/ {2}at the view of path\('boom\/<int:id>\/'\) \(test\/handler/);
    expect(body).toMatch(/ {2}at test\/handler\/debug\/exception-page\.test\.ts:\d+:\d+\n/);
    expect(body).not.toContain('(anonymous)');
  });

  test('what was thrown when that is not an Error', async () => {
    const view = () => Promise.reject('oops');
    expect((await asText(view)).body).toContain("'oops' was thrown, which is not an Error.");
  });

  test('the query and cookies', async () => {
    const { body } = await asText(explode, {
      HTTP_COOKIE: 'theme=dark; sessionid=hush-6; csrf_token=hush-7',
    });
    expect(body).toContain('Query:\n  page: 2\n  q: <b>');
    expect(body).toContain('Cookies:\n  theme: dark\n  sessionid: ****');
    expect(body).not.toContain('hush');
  });

  test('that there is a body, and leaves it alone', async () => {
    const answer = await answerTo(explode, { method: 'POST', body: 'a=1' });
    expect(answer.body).toContain('Body: A body of 3 bytes, which is left for the view to read');
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

test('the frames of a function that calls itself are one entry with their number', async () => {
  function again(): never {
    return again();
  }
  const text = await asText(again);
  expect(text.body).toMatch(/\n {2}at again \([^)]+\), \d+ times\n/);
  expect(text.body.match(/^ {2}at again/gm)!.length).toBeLessThan(4);
  const { body } = await asHtml(again);
  expect(body).toMatch(/<b>again<\/b><span>[^<]+, \d+ times<\/span>/);
});

test('many frames of packages and of Node side by side are folded away, and their number is shown', async () => {
  const { body } = await asHtml();
  expect(body).toMatch(
    /<li class="dim"><details><summary class="frame">\d+ frames of packages and Node<\/summary><ol><li class="dim"><div class="frame"><b>callView/,
  );
});

describe('a foreign host', () => {
  test('gets a short page that says what to set', async () => {
    const answer = await asHtml(explode, { HTTP_HOST: 'evil.com' });
    expect(answer.status).toBe('400 Bad Request');
    expect(answer.body).toContain('put &#39;evil.com&#39; into ALLOWED_HOSTS.');
    expect(answer.body).not.toMatch(/Traceback|Settings|SECRET_KEY|\.ts/);
  });

  test('gets no facts of an error that comes before its host is looked at', async () => {
    onTestFinished(
      requestStarted.connect(() => {
        throw new Error('no database at db.internal');
      }),
    );
    const answer = await asHtml(explode, { HTTP_HOST: 'evil.com' });
    expect(answer.status).toBe('500 Internal Server Error');
    expect(answer.body).not.toMatch(/db\.internal|Traceback|Settings/);
  });
});

describe('an error that does not let itself be read', () => {
  const hostile = (name: string) =>
    Object.defineProperty(new Error('unread'), name, {
      get() {
        throw new Error(`${name} is not for you`);
      },
    });

  test.each(['message', 'name', 'stack', 'cause'])('has its page when its %s throws', async (name) => {
    const { status, body } = await asText(() => Promise.reject(hostile(name)));
    expect(status).toBe('500 Internal Server Error');
    expect(body).toContain(' at /boom/\n');
    expect(body).toContain('Settings:');
  });

  test('has its page when it is a proxy that nobody may ask', async () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect((await asText(() => Promise.reject(proxy))).body).toContain('Settings:');
  });

  test('has its page when its message is not text', async () => {
    const error = Object.assign(new Error(), { message: { code: 5 } });
    expect((await asText(() => Promise.reject(error))).body).toContain('[object Object]');
  });

  test('has its page when its errors are not a list', async () => {
    const error = Object.assign(new AggregateError([], 'all failed'), { errors: 5 });
    expect((await asText(() => Promise.reject(error))).body).toContain('all failed');
  });
});

test('of an error with 20,000 causes the first are shown', async () => {
  const view = () => {
    let error = new Error('the first');
    for (let i = 0; i < 20_000; i++) error = new Error(`number ${i}`, { cause: error });
    throw error;
  };
  const { body, log } = await asText(view);
  expect(body).toContain('Caused by Error: number 19998');
  for (const text of [body, log]) {
    expect(text).toContain('There are more causes, which are not shown.');
    expect(text.length).toBeLessThan(200_000);
  }
});

test.each([
  ['message', () => new Error(`begins ${'x'.repeat(5_000_000)}`)],
  ['text that is no Error', () => `begins ${'x'.repeat(5_000_000)}`],
])('of a %s of 5 MB the page shows the beginning', async (_kind, make) => {
  const view = () => {
    throw make();
  };
  for (const { body } of [await asHtml(view), await asText(view)]) {
    expect(body).toContain('begins xxx');
    expect(body.length).toBeLessThan(400_000);
  }
});

test('of a stack of 100,000 frames the page shows the first', async () => {
  const frames = Array.from({ length: 100_000 }, (_, i) => `    at call${i} (/elsewhere/file.js:${i}:1)`);
  const view = () => {
    throw Object.assign(new Error('deep'), { stack: `Error: deep\n${frames.join('\n')}` });
  };
  const { body } = await asText(view);
  expect(body).toContain('call0');
  expect(body).toContain('call10000');
  expect(body).not.toContain('call50000');
});

test('an error of another realm has its stack', async () => {
  const { body } = await asText(() =>
    vm.runInNewContext('throw new RangeError("elsewhere")', {}, 'other-realm.js'),
  );
  expect(body).toMatch(/^RangeError at \/boom\/\nelsewhere\n/);
  expect(body).toContain('other-realm.js:1:7');
});
