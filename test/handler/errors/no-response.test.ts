import { expect, test } from 'vitest';
import { NoResponse } from '../../../src/handler/errors/no-response.ts';
import { Response } from '../../../src/handler/http/index.ts';
import { path, rePath } from '../../../src/handler/urls/path.ts';
import { ask, createApplication } from '../_client.ts';

const VIEW = { kind: 'view', who: "The view of path('x/')", frame: '    at mysite/urls.ts:4:3' } as const;

test('a view that returns no Response is named by its route, and the log begins with the line of path()', async () => {
  const application = await createApplication([path('x/', () => ({ ok: true }) as never)]);
  const { log } = await ask(application, '/x/');
  expect(log).toContain("The view of path('x/') returned an object, which is not a Response.");
  expect(log).toMatch(/is not a Response\.\n +at .*no-response\.test\.ts:10:\d+/);
});

test('a view that returns Response.error() is told that it has no status', async () => {
  const application = await createApplication([path('x/', () => Response.error())]);
  const { status, log } = await ask(application, '/x/');
  expect(status).toMatch(/^500/);
  expect(log).toContain(
    "The view of path('x/') returned Response.error(), which cannot be sent: it has no status.",
  );
});

test('a pattern of a regular expression is shown as one', async () => {
  const application = await createApplication([rePath(/^y\/$/, () => undefined as never)]);
  expect((await ask(application, '/y/')).log).toContain('The view of rePath(/^y\\/$/) returned undefined');
});

test.each([
  ['nothing', undefined, /`return`.*`await`.*Response\.json/],
  ['text', 'Hello', /new Response\(text\)/],
  ['data', { a: 1 }, /return Response\.json\(data\)/],
  ['a function', () => {}, /Call the function/],
  ['Response.error()', Response.error(), /Throw an error.*status: 500/],
])('the hint for a view that returns %s says what to write', (_, value, hint) => {
  expect(new NoResponse('returned it.', value, VIEW).hint).toMatch(hint);
});

test('a middleware is told to return the response of the next layer', () => {
  const middleware = { kind: 'middleware', who: 'The middleware timing', frame: undefined } as const;
  const error = new NoResponse('returned it.', undefined, middleware);
  expect(error.hint).toContain('return getResponse(request)');
  expect(error.stack).toBe('NoResponse: The middleware timing returned it.');
});

test('a Response in a wrong place is named as what it is', async () => {
  const both = [new Response('a')] as never;
  const application = await createApplication([path('x/', () => both)]);
  expect((await ask(application, '/x/')).log).toContain('returned [an object of Response]');
});
