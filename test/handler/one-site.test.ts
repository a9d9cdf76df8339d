import { expect, test } from 'vitest';
import { currentScope } from '../../src/conf/scope.ts';
import { path, reverse } from '../../src/handler/urls/index.ts';
import { ask, createApplication } from './_client.ts';

// This file makes one application, since a second one would be a second site for good.
const application = await createApplication([
  path('', async () => new Response(`${currentScope() === undefined} ${reverse('home')}`), { name: 'home' }),
]);

test('code of a single site runs in a scope only for a request with another mount point', async () => {
  expect((await ask(application, '/')).body).toBe('true /');
  expect((await ask(application, '/', { environ: { SCRIPT_NAME: '/app' } })).body).toBe('false /app/');
  expect((await ask(application, '/')).body).toBe('true /');
});
