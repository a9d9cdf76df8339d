import { describe, expect, test } from 'vitest';
import { shadowedRoutes } from '../../src/checks/shadowed-routes.ts';
import { include, path, registerConverter, rePath, type URLPattern } from '../../src/handler/urls/index.ts';
import { nodesOf, view } from './_urlconf.ts';

async function found(...patterns: URLPattern[]): Promise<string[]> {
  return (await shadowedRoutes(await nodesOf(patterns))).map(({ id, message }) => `${id} ${message}`);
}

const routes = (...texts: string[]) => found(...texts.map((text) => path(text, view)));

describe('a pattern is never reached', () => {
  test.each([
    ['articles/<str:title>/', 'articles/<slug:title>/'],
    ['articles/<slug:title>/', 'articles/2024/'],
    ['<path:rest>', 'about/'],
    ['<int:a>/<str:b>/', '<int:a>/<int:b>/'],
    ['<str:a>/<str:b>/', 'x/<uuid:b>/'],
  ])('when %j is before %j', async (first, second) => {
    expect(await routes(first, second)).toEqual([
      `urls.W101 path('${second}') is never reached: path('${first}') is before it and matches the same paths.`,
    ]);
  });

  test('when the same is there before, as with a pattern for each method', async () => {
    const findings = await shadowedRoutes(
      await nodesOf([path('notes/', { GET: view }), path('notes/', { POST: view })]),
    );
    expect(findings).toMatchObject([
      {
        id: 'urls.W101',
        message: "path('notes/') is defined twice: the second is never reached.",
        hint: expect.stringContaining('{ GET: list, POST: create }'),
        place: expect.stringMatching(/shadowed-routes\.test\.ts:\d+:\d+$/),
      },
    ]);
  });

  test('behind include(), and is named with what includes it', async () => {
    expect(await found(path('blog/<str:a>/', view), path('blog/', include([path('new/', view)])))).toEqual([
      "urls.W101 path('blog/') > path('new/') is never reached: path('blog/<str:a>/') is before it and matches the same paths.",
    ]);
  });

  test('behind an expression', async () => {
    expect(await found(rePath(/^(?<year>\d{4})\/$/, view), path('2024/', view))).toHaveLength(1);
  });
});

describe('patterns that match paths of each other', () => {
  test('are ambiguous', async () => {
    expect(await routes('<int:a>/<str:b>/', '<str:a>/<int:b>/')).toEqual([
      "urls.W102 path('<str:a>/<int:b>/') and path('<int:a>/<str:b>/') match some of the same paths: the first one answers.",
    ]);
  });
});

describe('there is no finding for', () => {
  test.each([
    ['articles/2024/', 'articles/<int:year>/'],
    ['<int:id>/', '<slug:slug>/', '<str:any>/', '<path:rest>'],
    ['', 'a/', 'b/', 'a/b/'],
    ['a', 'a/'],
    ['<int:id>/', '<uuid:id>/'],
  ])('a special route before a general one: %j', async (...texts) => {
    expect(await routes(...texts)).toEqual([]);
  });

  test('expressions with alternatives, whose paths are not known', async () => {
    expect(await found(path('a/', view), rePath(/^(?:a|b)\/$/, view))).toEqual([]);
  });

  test('a parameter of which one text alone is known, since others may reach the pattern', async () => {
    expect(await found(path('3.14/', view), rePath(/^(?<version>\d\.\d\d)\/$/, view))).toEqual([]);
  });

  test('converters that fail', async () => {
    registerConverter('failing', {
      regex: /[0-9]{4}/,
      toValue: () => {
        throw new Error('no');
      },
      toUrl: String,
    });
    expect(await routes('<failing:a>/', '<int:b>/')).toEqual([]);
  });

  test('more patterns than may be compared', async () => {
    const nodes = await nodesOf([path('a/', view), path('a/', view)]);
    expect(await shadowedRoutes(nodes, undefined, 1)).toEqual([]);
    expect(await shadowedRoutes(nodes, undefined, 2)).toHaveLength(1);
  });
});

test('there is a pause after each pattern', async () => {
  let pauses = 0;
  await shadowedRoutes(await nodesOf([path('a/', view), path('b/', view)]), async () => {
    pauses += 1;
  });
  expect(pauses).toBe(2);
});
