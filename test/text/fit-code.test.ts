import { expect, test } from 'vitest';
import { codeFrame } from '../../src/files/code-frame.ts';
import { fitCode } from '../../src/text/fit-code.ts';

/** The frame of a column in the second of three lines, of which the second is long. */
function frameAt(column: number): string {
  const source = `short\n${'x'.repeat(column - 1)}!${'y'.repeat(40)}\nend`;
  return codeFrame({ file: 'a.ts', line: 2, column }, source)!;
}

test('lines that fit stay', () => {
  expect(fitCode('> 1 | a\n    | ^', 20)).toEqual(['> 1 | a', '    | ^']);
});

test('a line that is too long is cut, and shows that', () => {
  expect(fitCode(frameAt(5), 20)).toEqual([
    '  1 | short',
    '> 2 | xxxx!yyyyyyyy…',
    '    |     ^',
    '  3 | end',
  ]);
});

test.each([15, 30, 100])(
  'a mark in column %i that would be out of sight stands below its character',
  (column) => {
    const lines = fitCode(frameAt(column), 20);
    expect(lines.every((line) => line.length <= 20)).toBe(true);
    const mark = lines[2]!.indexOf('^');
    expect([lines[1]![mark], lines[1]!.startsWith('> 2 | …')]).toEqual(['!', true]);
  },
);
