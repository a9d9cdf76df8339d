import { expect, test } from 'vitest';
import { currentScope } from '../../src/conf/scope.ts';
import type { Middleware } from '../../src/handler/index.ts';
import { path, reverse } from '../../src/handler/urls/index.ts';
import { ask, createApplication } from './_client.ts';

// This file makes one application, since a second one would be a second site for good.
const replacing: Middleware = (getResponse) => (request) => {
  return getResponse(request.headers.has('x-replace') ? new Request(request) : request);
};
const application = await createApplication(
  [
    path('', async () => new Response(`${currentScope() === undefined} ${reverse('home')}`), {
      name: 'home',
    }),
  ],
  { MIDDLEWARE: [replacing] },
);

test('code runs in a scope only where it tells something', async () => {
  expect((await ask(application, '/')).body).toBe('true /');
  expect((await ask(application, '/', { environ: { SCRIPT_NAME: '/app' } })).body).toBe('false /app/');
  expect((await ask(application, '/')).body).toBe('true /');
});

test('once a middleware has made a Request, requests have a scope by which theirs are found', async () => {
  expect((await ask(application, '/', { environ: { HTTP_X_REPLACE: 'yes' } })).body).toBe('true /');
  expect((await ask(application, '/', { environ: { HTTP_X_REPLACE: 'yes' } })).body).toBe('false /');
});
