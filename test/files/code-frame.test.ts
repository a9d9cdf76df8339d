import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { codeFrame, positionAt } from '../../src/files/code-frame.ts';
import { temporaryFolder } from '../_temp-folder.ts';

const SOURCE = 'one\ntwo\nthree\nfour\nfive\nsix';

function frame(line: number, column?: number, source = SOURCE): string | undefined {
  return codeFrame({ file: '/nowhere.ts', line, column }, source);
}

describe('a code frame', () => {
  test('has two lines before and after, and a mark below the column', () => {
    expect(frame(3, 2)).toBe(
      ['  1 | one', '  2 | two', '> 3 | three', '    |  ^', '  4 | four', '  5 | five'].join('\n'),
    );
  });

  test('begins with the first line', () => {
    expect(frame(1)).toBe(['> 1 | one', '  2 | two', '  3 | three'].join('\n'));
  });

  test('ends with the last line', () => {
    expect(frame(6)).toBe(['  4 | four', '  5 | five', '> 6 | six'].join('\n'));
  });

  test('has no mark without a column', () => {
    expect(frame(3)).not.toContain('^');
  });

  test('aligns numbers of different lengths, and the mark with them', () => {
    const source = Array.from({ length: 11 }, (_, index) => `line ${index + 1}`).join('\n');
    expect(frame(10, 1, source)).toBe(
      ['   8 | line 8', '   9 | line 9', '> 10 | line 10', '     | ^', '  11 | line 11'].join('\n'),
    );
  });

  test('keeps tabs before the mark, so that it stands where its character stands', () => {
    expect(frame(1, 4, '\t\tx=1')).toBe('> 1 | \t\tx=1\n    | \t\t ^');
  });

  test('may mark the place behind the last character', () => {
    expect(frame(1, 4, 'one')).toBe('> 1 | one\n    |    ^');
  });

  test('does not end its lines in spaces', () => {
    expect(frame(1, undefined, 'one  \n\nthree')).toBe('> 1 | one\n  2 |\n  3 | three');
  });

  test('knows the line ends of Windows', () => {
    expect(frame(2, undefined, 'one\r\ntwo\r\n')).toBe('  1 | one\n> 2 | two\n  3 |');
  });

  test('is read from the file when no source is given', () => {
    const file = path.join(temporaryFolder({ 'a.ts': 'one\ntwo' }), 'a.ts');
    expect(codeFrame({ file, line: 2, column: 1 })).toBe('  1 | one\n> 2 | two\n    | ^');
  });

  test.each([
    ['a file that cannot be read', { file: '/nowhere.ts', line: 1 }, undefined],
    ['a line that is not there', { file: '/nowhere.ts', line: 7 }, SOURCE],
    ['line 0', { file: '/nowhere.ts', line: 0 }, SOURCE],
    ['a place without a line', { file: '/nowhere.ts' }, SOURCE],
  ])('is none for %s', (_what, location, source) => {
    expect(codeFrame(location, source)).toBeUndefined();
  });
});

describe('the position of an offset', () => {
  test.each([
    [0, 1, 1],
    [2, 1, 3],
    [3, 1, 4],
    [4, 2, 1],
    [SOURCE.length, 6, 4],
  ])('%i is line %i, column %i', (offset, line, column) => {
    expect(positionAt(SOURCE, offset)).toEqual({ line, column });
  });

  test('counts an empty line', () => {
    expect(positionAt('a\n\nb', 2)).toEqual({ line: 2, column: 1 });
  });
});
