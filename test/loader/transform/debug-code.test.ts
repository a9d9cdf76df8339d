import { SourceMap } from 'node:module';
import { describe, expect, test } from 'vitest';
import { positionAt } from '../../../src/files/code-frame.ts';
import { debugCode } from '../../../src/loader/transform/debug-code.ts';
import { transform } from '../../../src/loader/transform/transform.ts';

/** Transforms a source for a debugger, and gives the map that it has been given. */
function debugged(file: string, source: string, kind: 'esm' | 'cjs' | undefined = 'esm') {
  const mapped = debugCode(file, source, transform({ file, source, options: {}, kind }));
  const [code, url] = mapped.code.split('\n//# sourceMappingURL=data:application/json;base64,');
  const payload = url && JSON.parse(Buffer.from(url, 'base64').toString());
  return { code: code!, mapped, payload, map: payload && new SourceMap(payload) };
}

/** Where a word of the code came from, as line and column of the source, from 1. */
function originOf(word: string, { code, map }: ReturnType<typeof debugged>) {
  const { line, column } = positionAt(code, code.indexOf(word));
  const entry = map!.findEntry(line - 1, column - 1);
  return { line: entry.originalLine + 1, column: entry.originalColumn + 1 };
}

const TYPES = 'interface Of {\n  several: string;\n  lines: number;\n}\n\n';
const SOURCES = {
  'no imports': `${TYPES}const first: number = 1;\nfunction second(): Of | undefined { return third(first); }\nconst third = (a: unknown) => undefined;\nvoid second;`,
  'imports above the code': `import { a } from './a.ts';\nimport type { B } from './b.ts';\n${TYPES}export const first: B = a;\nexport function second() { return a }\nfunction third(b: B): void { second(); }\nvoid third;`,
  'other alphabets': `const text = 'äöü 漢字 😀'; ${TYPES}const first = text;\n/* 😀 */ function second() { return first } second();\nlet third: string;\nthird = 'x';\nvoid third;`,
};

describe.each(Object.entries(SOURCES))('with %s', (_what, source) => {
  test.each(['first', 'second', 'third'])('the map leads from the code to the source: %s', (word) => {
    const result = debugged('/srv/a.ts', source);
    const declared = new RegExp(`(?:const|function|let) ${word}\\b`);
    const { line } = positionAt(source, source.search(declared));
    expect(originOf(result.code.match(declared)![0], result).line).toBe(line);
  });
});

test('CommonJS code has a map too', () => {
  const source = `${TYPES}exports.first = function second(of: Of): string { return of.several };`;
  const result = debugged('/srv/a.cts', source, 'cjs');
  expect(originOf('second', result)).toEqual(positionAt(source, source.indexOf('second')));
});

test('the map contains the URL and the text of the source', () => {
  const { payload } = debugged('/srv/a b.ts', SOURCES['no imports']);
  expect(payload.sources).toEqual(['file:///srv/a%20b.ts']);
  expect(payload.sourcesContent).toEqual([SOURCES['no imports']]);
});

test('the code starts on the same line as before, with one map', () => {
  const { mapped, payload } = debugged('/srv/a.ts', SOURCES['imports above the code']);
  expect(mapped.lineOffset).toBe(0);
  expect(mapped.mappings).toEqual([payload.mappings]);
});

test('code without changes gets no map', () => {
  const source = 'module.exports = 1;';
  const { mapped, payload } = debugged('/srv/a.cjs', source, 'cjs');
  expect([payload, mapped.lineOffset]).toEqual([undefined, -1]);
});
