import { expect, test } from 'vitest';
import { urlFindings } from '../../src/checks/url-checks.ts';
import { include, path, rePath, type URLPattern } from '../../src/handler/urls/index.ts';
import { nodesOf, view } from './_urlconf.ts';

async function found(...patterns: URLPattern[]): Promise<string[]> {
  return urlFindings(await nodesOf(patterns)).map(({ id }) => id);
}

test.each(['^articles/$', '^articles/', 'articles/$'])(
  'path(%j) looks like a regular expression',
  async (route) => {
    expect(await found(path(route, view))).toEqual(['2_0.W001']);
    expect(await found(path(route.replaceAll(/[$^]/g, ''), view))).toEqual([]);
  },
);

test('an expression that ends in $ and includes patterns is a finding', async () => {
  expect(await found(rePath(/^blog\/$/, include([path('a/', view)])))).toEqual(['urls.W001']);
  expect(await found(rePath(/^blog\//, include([path('a/', view)])), rePath(/^b$/, view))).toEqual([]);
  expect(await found(rePath(/^cash\$/, include([path('a/', view)])))).toEqual([]);
});

test('an expression that begins with a slash is a finding', async () => {
  expect(await found(rePath(/^\/blog$/, view))).toEqual(['urls.W002']);
});

test('a name with a colon is a finding', async () => {
  expect(await found(path('a/', view, { name: 'blog:a' }))).toEqual(['urls.W003']);
});

test('a namespace that is given twice is a finding, but not in another one', async () => {
  const blog = () => include([path('a/', view)], { namespace: 'blog' });
  expect(await found(path('a/', blog()), path('b/', blog()))).toEqual(['urls.W005']);
  const inner = include([path('c/', blog())], { namespace: 'site' });
  expect(await found(path('a/', blog()), path('b/', inner))).toEqual([]);
});

test('a name of two patterns is a finding where their parameters do not tell them apart', async () => {
  const findings = urlFindings(
    await nodesOf([
      path('a/<int:id>/', view, { name: 'detail' }),
      path('b/<str:id>/', view, { name: 'detail' }),
      path('b/<str:title>/', view, { name: 'detail' }),
    ]),
  );
  expect(findings).toEqual([
    {
      id: 'urls.W103',
      message:
        "The name 'detail' is also the name of path('a/<int:id>/'), with the same parameters: reverse() uses the last one.",
      hint: expect.stringMatching(/^Rename one\. The other is at \S+url-checks\.test\.ts:\d+:\d+\.$/),
      place: expect.stringMatching(/url-checks\.test\.ts:\d+:\d+$/),
    },
  ]);
});
