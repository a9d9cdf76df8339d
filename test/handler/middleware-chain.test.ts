import { describe, expect, test } from 'vitest';
import type { Middleware } from '../../src/handler/index.ts';
import { Http404, path, reverse } from '../../src/handler/urls/index.ts';
import { useModules } from '../conf/_modules.ts';
import { ask, createApplication, header } from './_client.ts';

const hello = () => new Response('Hello');

/** A middleware that notes when it is entered and left, and with what status. */
function noting(events: string[], name: string): Middleware {
  return (getResponse) => async (request) => {
    events.push(`> ${name}`);
    const response = await getResponse(request);
    events.push(`< ${name} ${response.status}`);
    return response;
  };
}

test('the first that is listed is the outermost', async () => {
  const events: string[] = [];
  const MIDDLEWARE = [noting(events, 'a'), noting(events, 'b')];
  await ask(await createApplication([path('', hello)], { MIDDLEWARE }), '/');
  expect(events).toEqual(['> a', '> b', '< b 200', '< a 200']);
});

test('factories are called once, when the application is made, from the inside out', async () => {
  const made: string[] = [];
  const factory = (name: string): Middleware => {
    return (getResponse) => {
      made.push(name);
      return getResponse;
    };
  };
  const application = await createApplication([path('', hello)], {
    MIDDLEWARE: [factory('a'), factory('b')],
  });
  await ask(application, '/');
  await ask(application, '/');
  expect(made).toEqual(['b', 'a']);
});

test('a dotted path names one', async () => {
  const events: string[] = [];
  useModules({ 'mysite.middleware': { timing: noting(events, 'timing') } });
  const MIDDLEWARE = ['mysite.middleware.timing'];
  await ask(await createApplication([path('', hello)], { MIDDLEWARE }), '/');
  expect(events).toEqual(['> timing', '< timing 200']);
});

test('one can answer by itself', async () => {
  const MIDDLEWARE: Middleware[] = [() => () => new Response('closed', { status: 503 })];
  const answer = await ask(await createApplication([path('', hello)], { MIDDLEWARE }), '/');
  expect(answer).toMatchObject({ status: '503 Service Unavailable', body: 'closed' });
});

test('one can change the response', async () => {
  const MIDDLEWARE: Middleware[] = [
    (getResponse) => async (request) => {
      const response = await getResponse(request);
      response.headers.set('x-frame-options', 'DENY');
      return response;
    },
  ];
  const answer = await ask(await createApplication([path('', hello)], { MIDDLEWARE }), '/');
  expect(header(answer, 'x-frame-options')).toBe('DENY');
});

describe('errors are responses to the middleware outside', () => {
  test.each([
    ['of a view', [path('', () => Promise.reject(new Error('broken')))], '< a 500'],
    ['of a view that finds nothing', [path('', () => Promise.reject(new Http404()))], '< a 404'],
    ['of a URL that is not there', [], '< a 404'],
  ])('%s', async (_, urlpatterns, left) => {
    const events: string[] = [];
    const MIDDLEWARE = [noting(events, 'a')];
    await ask(await createApplication(urlpatterns, { MIDDLEWARE }), '/');
    expect(events).toEqual(['> a', left]);
  });

  test('of a middleware', async () => {
    const events: string[] = [];
    const broken: Middleware = () => () => Promise.reject(new Error('broken'));
    const MIDDLEWARE = [noting(events, 'a'), broken];
    await ask(await createApplication([path('', hello)], { MIDDLEWARE }), '/');
    expect(events).toEqual(['> a', '< a 500']);
  });

  test('of one that returns no Response, by name', async () => {
    async function timing() {}
    const MIDDLEWARE = [Object.defineProperty(() => timing, 'name', { value: 'timing' })];
    const { status, log } = await ask(await createApplication([path('', hello)], { MIDDLEWARE }), '/');
    expect(status).toBe('500 Internal Server Error');
    expect(log).toContain('The middleware timing returned undefined, which is not a Response.');
  });

  test('of an arrow function in the list, by its place there', async () => {
    const MIDDLEWARE = [(getResponse: unknown) => getResponse, () => async () => 5];
    const { log } = await ask(await createApplication([path('', hello)], { MIDDLEWARE }), '/');
    expect(log).toContain('The middleware MIDDLEWARE[1] returned 5, which is not a Response.');
  });
});

describe('a Request that a middleware makes', () => {
  const replacing = (change: (request: Request) => Request): Middleware => {
    return (getResponse) => (request) => getResponse(change(request));
  };

  test('keeps the mount point', async () => {
    const MIDDLEWARE = [replacing((request) => new Request(request, { headers: { 'x-user': 'me' } }))];
    const urlpatterns = [
      path('page/', (request) => new Response(`${request.headers.get('x-user')} ${reverse('page')}`), {
        name: 'page',
      }),
    ];
    const application = await createApplication(urlpatterns, { MIDDLEWARE });
    const { body } = await ask(application, '/page/', { environ: { SCRIPT_NAME: '/app' } });
    expect(body).toBe('me /app/page/');
  });

  test('can lead to another URL', async () => {
    const MIDDLEWARE = [replacing((request) => new Request(new URL('/caf%C3%A9/', request.url)))];
    const urlpatterns = [path('<str:name>/', (_, { name }) => new Response(name))];
    expect((await ask(await createApplication(urlpatterns, { MIDDLEWARE }), '/x/')).body).toBe('café');
  });

  test('keeps the log of its request for errors', async () => {
    const MIDDLEWARE = [replacing((request) => new Request(request))];
    const broken = () => Promise.reject(new Error('broken'));
    const { log } = await ask(await createApplication([path('', broken)], { MIDDLEWARE }), '/');
    expect(log).toContain('Error: broken');
  });
});
