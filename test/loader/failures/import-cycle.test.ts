import { describe, expect, test } from 'vitest';
import { failure } from '../_site.ts';
import { failureOfNode } from '../native/_import-natively.ts';

const HINT =
  'Read what is imported in a function that is called later, or move it to a module that imports none of these.';

const TOO_EARLY =
  /^b\.mjs:2:\d+: loading failed: ReferenceError: Cannot access '\w+' before initialization\. Modules import each other: a\.mjs -> b\.mjs -> a\.mjs$/;

describe('the message names the import cycle when a module reads, before it is initialized,', () => {
  const A = "import { b } from './b.mjs';\nexport const x = b;\nexport default class X {}";

  test.each([
    ['a name', 18, "import { x } from './a.mjs';\nexport const b = x;"],
    ['a name that is called', 23, "import { x } from './a.mjs';\nexport const b = { y: x() };"],
    ['by another name', 18, "import { x as y } from './a.mjs';\nexport const b = y;"],
    ['behind a namespace', 20, "import * as a from './a.mjs';\nexport const b = a.x;"],
  ])('%s', async (_, column, b) => {
    const files = { 'entry.mjs': "import './a.mjs';", 'a.mjs': A, 'b.mjs': b };
    for (const error of [await failure(files), await failureOfNode(files)]) {
      expect(error.message).toMatch(TOO_EARLY);
      expect(error.message).toContain(`b.mjs:2:${column}: `);
      expect(error.codeFrame).toMatch(new RegExp(`\\| {${column}}\\^`));
      expect(error.hint).toBe(HINT);
    }
  });

  // V8 names the class expression as the place, and Node shows it.
  test('a default export', async () => {
    const b = "import X from './a.mjs';\nexport const b = class extends X {};";
    const files = { 'entry.mjs': "import './a.mjs';", 'a.mjs': A, 'b.mjs': b };
    for (const error of [await failure(files), await failureOfNode(files)]) {
      expect(error.message).toMatch(TOO_EARLY);
      expect(error.message).toContain('b.mjs:2:32: ');
    }
  });

  test('a binding over several modules in folders', async () => {
    const { message } = await failure({
      'entry.ts': "import './shop/a.ts';",
      'shop/a.ts': "import '../b.ts';\nexport const x = 1;",
      'b.ts': "import type { T } from './entry.ts';\nexport * from './shop/c.ts';",
      'shop/c.ts': "import { x } from './a.ts';\nexport const c = x;",
    });
    expect(message).toContain('Modules import each other: shop/a.ts -> b.ts -> shop/c.ts -> shop/a.ts');
  });

  test('a class of a CommonJS module', async () => {
    const { message, hint } = await failure({
      'entry.cts': "require('./a.cts');",
      'a.cts': "const { B } = require('./b.cts');\nexports.A = class A {};",
      'b.cts': "const { A } = require('./a.cts');\nexports.B = class B extends A {};",
    });
    expect(message).toMatch(
      /^b\.cts:2:\d+: .*Class extends value undefined.*\. Modules import each other: a\.cts -> b\.cts -> a\.cts$/,
    );
    expect(hint).toBe(HINT);
  });

  test('but not when a module reads its own binding too early', async () => {
    const { message, hint } = await failure({
      'entry.ts': "import './a.ts';\nexport const e = 1;",
      'a.ts': "import { e } from './entry.ts';\nexport const f = () => e;\nconsole.log(own);\nconst own = 1;",
    });
    expect(message).toBe(
      "a.ts:3:13: loading failed: ReferenceError: Cannot access 'own' before initialization",
    );
    expect(hint).toBeUndefined();
  });
});
