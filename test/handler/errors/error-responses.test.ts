import { describe, expect, test } from 'vitest';
import { SuspiciousOperation } from '../../../src/handler/errors/exceptions.ts';
import { getWsgiApplication } from '../../../src/handler/index.ts';
import { Http404, PermissionDenied, path } from '../../../src/handler/urls/index.ts';
import { BadRequest } from '../../../src/web/request/bad-request.ts';
import { ClientDisconnected } from '../../../src/wsgi/errors.ts';
import { type Answer, ask, createApplication, header } from '../_client.ts';

/** The answer of a public site whose view throws this. */
async function answerTo(error: unknown, exports: object = {}): Promise<Answer> {
  const urlpatterns = [path('', () => Promise.reject(error))];
  const settings = { ROOT_URLCONF: { urlpatterns, ...exports }, ALLOWED_HOSTS: ['testserver'] };
  return ask(await getWsgiApplication({ settings }), '/');
}

describe('plain pages', () => {
  test.each([
    ['500 Internal Server Error', '<h1>Server Error</h1>', new Error('secret')],
    ['404 Not Found', '<h1>Not Found</h1>', new Http404('secret')],
    ['403 Forbidden', '<h1>Forbidden</h1>', new PermissionDenied('secret')],
  ])('%s', async (status, heading, error) => {
    const answer = await answerTo(error);
    expect(answer.status).toBe(status);
    expect(answer.body).toContain(heading);
    expect(answer.body).not.toContain('secret');
    expect(header(answer, 'content-type')).toBe('text/html; charset=utf-8');
  });

  test('a path without a pattern is a 404', async () => {
    expect((await ask(await createApplication([]), '/nothing/')).status).toBe('404 Not Found');
  });

  test.each([
    ['403 Forbidden', new PermissionDenied('Only for administrators.')],
    ['404 Not Found', new Http404('Only for administrators.')],
    ['400 Bad Request', new BadRequest('Only for administrators.')],
    ['400 Bad Request', new SuspiciousOperation('Only for administrators.')],
  ])('are replaced with DEBUG by one that has the message: %s', async (status, error) => {
    const refused = () => Promise.reject(error);
    const answer = await ask(await createApplication([path('', refused)], { DEBUG: true }), '/');
    expect(answer.status).toBe(status);
    expect(answer.body).toContain('Only for administrators.');
  });

  test('have no message of a middleware without DEBUG, and with it do', async () => {
    const MIDDLEWARE = [() => () => Promise.reject(new Http404('Closed on Sundays.'))];
    const [plain, debug] = await Promise.all(
      [false, true].map(async (DEBUG) =>
        ask(await createApplication([], { MIDDLEWARE, DEBUG, ALLOWED_HOSTS: ['testserver'] }), '/x/'),
      ),
    );
    expect(plain!.body).not.toContain('Closed on Sundays.');
    expect(debug!.body).toContain('Closed on Sundays.');
  });

  test('a client that went away is not the fault of the site', async () => {
    const answer = await answerTo(new ClientDisconnected());
    expect(answer).toMatchObject({ status: '400 Bad Request', log: '' });
  });
});

describe('the log', () => {
  test('has the stack of an error', async () => {
    const { log } = await answerTo(new Error('broken'));
    expect(log).toMatch(/^Error 500 at \/\nError: broken\n {4}at .*error-responses\.test\.ts/);
  });

  test('has the causes of an error', async () => {
    const { log } = await answerTo(new Error('outer', { cause: new TypeError('inner') }));
    expect(log).toMatch(/Error: outer[\s\S]*\nCaused by: TypeError: inner/);
  });

  test('has the errors of an AggregateError', async () => {
    const { log } = await answerTo(new AggregateError([new Error('one'), new Error('two')], 'all failed'));
    expect(log).toMatch(/all failed[\s\S]*Caused by: Error: one[\s\S]*Caused by: Error: two/);
  });

  test('survives causes that go in a circle', async () => {
    const error = new Error('round');
    error.cause = error;
    expect((await answerTo(error)).log.match(/Error: round/g)).toHaveLength(1);
  });

  test.each([
    ['text', 'oops', "'oops' was thrown, which is not an Error."],
    ['an object', { code: 5 }, '{"code":5} was thrown, which is not an Error.'],
    ['nothing', undefined, 'undefined was thrown, which is not an Error.'],
  ])('tells when %s was thrown', async (_, thrown, message) => {
    const { status, log } = await answerTo(thrown);
    expect(status).toBe('500 Internal Server Error');
    expect(log).toContain(message);
    expect(log).toMatch(/^Error 500 at \/.*, in the view .*of path\('.*'\)\n/m);
  });

  test('survives an error whose stack cannot be read', async () => {
    const error = Object.defineProperty(new Error(), 'stack', {
      get: () => {
        throw new Error('no');
      },
    });
    expect((await answerTo(error)).status).toBe('500 Internal Server Error');
  });

  test('has the path encoded, so that nobody can write lines of their own', async () => {
    const broken = () => Promise.reject(new Error('broken'));
    const { log } = await ask(await createApplication([path('<str:p>', broken)]), '/a%0AFAKE');
    expect(log).toMatch(/^Error 500 at \/a%0AFAKE\n/);
  });

  test.each([
    [new Http404('No article 5.'), 'Http404 at /: No article 5.\n'],
    [new PermissionDenied('Only for administrators.'), 'PermissionDenied at /: Only for administrators.\n'],
    [new BadRequest('No such token.'), 'BadRequest at /: No such token.\n'],
    [new SuspiciousOperation('A forged token.'), 'A forged token.\n'],
    [new Http404('two\nlines'), 'Http404 at /: two\n    lines\n'],
  ])('has the message of %s', async (error, line) => {
    expect((await answerTo(error)).log).toBe(line);
  });

  test('has nothing of a 404 without a message', async () => {
    expect((await answerTo(new Http404())).log).toBe('');
    expect((await ask(await createApplication([]), '/nothing/')).log).toBe('');
  });
});

describe('handlers of the URLconf', () => {
  test.each([
    ['handler404', new Http404('no article')],
    ['handler403', new PermissionDenied('no article')],
    ['handler500', new Error('no article')],
  ])('%s answers with the request and the error', async (name, error) => {
    const handler = (request: Request, given: Error) => {
      return new Response(`${request.url}: ${given.message}`, { status: 418 });
    };
    const answer = await answerTo(error, { [name]: handler });
    expect(answer).toMatchObject({ status: "418 I'm a teapot", body: 'http://testserver/: no article' });
  });

  test('one that throws is logged, and the answer is a plain 500', async () => {
    const handler404 = () => Promise.reject(new Error('no template'));
    const answer = await answerTo(new Http404(), { handler404 });
    expect(answer.status).toBe('500 Internal Server Error');
    expect(answer.log).toContain('Error: no template');
  });

  test('one that returns no Response is a 500 too', async () => {
    const answer = await answerTo(new Http404(), { handler404: () => 'Not here' });
    expect(answer.status).toBe('500 Internal Server Error');
    expect(answer.log).toContain("handler404 returned 'Not here', which is not a Response.");
  });

  test('handler403 is used with DEBUG too, since a site tells its users there how to get in', async () => {
    const ROOT_URLCONF = {
      urlpatterns: [path('', () => Promise.reject(new PermissionDenied('no')))],
      handler403: () => new Response('mine', { status: 403 }),
    };
    const settings = { ROOT_URLCONF, DEBUG: true, ALLOWED_HOSTS: ['testserver'] };
    expect((await ask(await getWsgiApplication({ settings }), '/')).body).toBe('mine');
  });

  test('are not used with DEBUG', async () => {
    const ROOT_URLCONF = {
      urlpatterns: [path('x/', () => new Response())],
      handler404: () => new Response('mine'),
    };
    const settings = { ROOT_URLCONF, DEBUG: true, ALLOWED_HOSTS: ['testserver'] };
    expect((await ask(await getWsgiApplication({ settings }), '/')).body).toContain('No page at /');
  });
});
