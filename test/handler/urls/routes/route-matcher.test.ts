import { describe, expect, test } from 'vitest';
import { registerConverter } from '../../../../src/handler/urls/index.ts';
import { linearMatcher } from '../../../../src/handler/urls/routes/linear-matcher.ts';
import { parseRoute } from '../../../../src/handler/urls/routes/parse-route.ts';

const text = { toValue: (value: string) => value, toUrl: String };
registerConverter('word', { regex: /[a-z]+/, ...text });
registerConverter('some', { regex: /[ab]{1,3}-?/, ...text });
registerConverter('any', { regex: /[^/]*/, ...text });
registerConverter('tag', { regex: /[a-z]+(?:-[a-z]+)*/, ...text });
registerConverter('month', { regex: /0[1-9]|1[0-2]/, ...text });
registerConverter('year', { regex: /[0-9]{4}/, ...text });

/** Numbers that look random, the same in each run. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    yield state / 2_147_483_648;
  }
}

const LONG = 4000;

describe('a long path that does not match is refused at once', () => {
  // Each would take an expression from minutes to ages.
  test.each([
    ['<str:a>-<str:b>-<str:c>-<str:d>-<str:e>', `${'a-'.repeat(LONG)}/`],
    ['<str:a><str:b><str:c><str:d><str:e>', `${'a'.repeat(LONG)}/`],
    ['<a>a<b>a<c>a<d>a<e>!', 'a'.repeat(LONG)],
    ['<path:a>/x/<path:b>/x/<path:c>/x/<path:d>/y', '/x'.repeat(LONG / 2)],
    ['<slug:a>-<slug:b>-<slug:c>-<slug:d>/', '-'.repeat(LONG)],
    ['<int:a><int:b><int:c><int:d>/', '1'.repeat(LONG)],
    ['<path:a><str:b><slug:c><int:d>/end', '1'.repeat(LONG)],
    ['<any:a><any:b><any:c><any:d>!', 'x'.repeat(LONG)],
    ['<word:a><word:b><word:c><word:d>!', 'x'.repeat(LONG)],
    ['<uuid:a><str:b>-<str:c>-<str:d>-<str:e>!', `075194d3-6885-417e-a8a8-6c931e272f00${'-'.repeat(LONG)}`],
  ])('%s', (route, path) => {
    const { match } = parseRoute(route);
    expect(match(path, 'whole')).toBeUndefined();
  });
});

describe('what is found is what an expression finds', () => {
  const ROUTES = [
    '<str:a>-<str:b>',
    '<str:a>-<str:b>-<str:c>',
    '<slug:a><int:b>/',
    '<path:a>/<path:b>',
    '<path:a>a<str:b>',
    '<any:a><any:b>',
    '<some:a><some:b>a',
    'a<word:a><some:b><any:c>',
  ];

  function asExpression(route: string): RegExp {
    const parts = parseRoute(route).forms[0]!;
    const sources = parts.map((part) =>
      typeof part === 'string' ? part : `(${part.converter.regex.source})`,
    );
    return new RegExp(`^(?:${sources.join('')})`);
  }

  test.each(ROUTES)('%s', (route) => {
    const find = linearMatcher(parseRoute(route).forms[0]!)!;
    const start = asExpression(route);
    const whole = new RegExp(`${start.source}$`);
    const random = numbers(7);
    for (let i = 0; i < 3000; i++) {
      const length = Math.floor(random.next().value * 9);
      const path = Array.from({ length }, () => 'ab-/1'[Math.floor(random.next().value * 5)]).join('');
      for (const [extent, expression] of [
        ['start', start],
        ['whole', whole],
      ] as const) {
        const expected = expression.exec(path);
        const found = find(path, extent);
        expect([path, found?.texts, found?.end]).toEqual([path, expected?.slice(1), expected?.[0].length]);
      }
    }
  });
});

describe('parameters of a converter that has more than characters in a row', () => {
  test.each([
    ['<tag:a>-<tag:b>', 'x-y'],
    ['<tag:a>/<tag:b>/<tag:c>/<tag:d>/', 'x-y/z/a/b/'],
    ['<year:y>/<month:m>/<month:d>/<tag:t>/', '2026/11/12/x/'],
    ['<year:y><month:m><month:d><tag:t>', '20261112x'],
  ])('are taken where they can be told apart, or are few: %s', (route, path) => {
    expect(parseRoute(route).match(path, 'whole')).toBeDefined();
  });

  test.each(['<tag:a>-<tag:b>-<tag:c>', '<tag:a><tag:b><tag:c>/'])(
    'are refused where they are many: %s',
    (route) => {
      expect(() => parseRoute(route)).toThrow(
        `The route '${route}' has parameters that cannot be distinguished`,
      );
    },
  );
});

test.each(['i', 'm'])('a converter whose regex has the flag %s is refused', (flag) => {
  const regex = new RegExp('[a-z]+', flag);
  expect(() => registerConverter(`flag-${flag}`, { regex, ...text })).toThrow(`has the flags '${flag}'`);
});
