import { describe, expect, test } from 'vitest';
import { findFrame } from '../../src/text/find-frame.ts';

const FILE = '/site/mysite/a.ts';

describe('the first frame of a file', () => {
  test.each([
    ['of a function', `at home (${FILE}:3:7)`],
    ['of the top of a module', `at ${FILE}:3:7`],
    ['of an asynchronous function', `at async home (${FILE}:3:7)`],
    ['of the asynchronous top of a module', `at async ${FILE}:3:7`],
    ['of a constructor', `at new Home (${FILE}:3:7)`],
    ['of a method with an alias', `at Object.run [as go] (${FILE}:3:7)`],
    ['with a URL', `at home (file://${FILE}:3:7)`],
  ])('is found %s: %s', (_what, frame) => {
    expect(findFrame(`Error: no\n    ${frame}`, (file) => file === FILE)).toEqual({
      file: FILE,
      line: 3,
      column: 7,
    });
  });

  test.each(['/site/a b/c.ts', '/site/(group)/c.ts', '/site/[id]/c.ts', '/site/größe/c.ts'])(
    'is found with the path %s',
    (file) => {
      expect(findFrame(`Error: no\n    at home (${file}:3:7)`, (other) => other === file)?.file).toBe(file);
      expect(findFrame(`Error: no\n    at ${file}:3:7`, (other) => other === file)?.file).toBe(file);
    },
  );

  test('is decoded when it is a URL', () => {
    expect(findFrame('    at file:///site/a%20b.ts:1:1', () => true)?.file).toBe('/site/a b.ts');
  });

  test('is the first that is accepted', () => {
    const stack = `Error: no\n    at a (/lib/x.js:1:1)\n    at b (${FILE}:2:2)\n    at c (${FILE}:3:3)`;
    expect(findFrame(stack, (file) => file.startsWith('/site/'))?.line).toBe(2);
  });

  test.each(['', 'Error: no', 'Error: no\n    at JSON.parse (<anonymous>)\n    at Promise.all (index 0)'])(
    'is none in %j',
    (stack) => {
      expect(findFrame(stack, () => true)).toBeUndefined();
    },
  );
});
