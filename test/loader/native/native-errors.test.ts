import { isBuiltin } from 'node:module';
import { expect, test } from 'vitest';
import { failure } from '../_site.ts';
import { failureOfNode } from './_import-natively.ts';

const MODULES = {
  'mysite/b.mjs': 'export const home = 1;\nexport const other = 2;\nexport { home as start };',
  'mysite/x.css': '',
  'node_modules/pkg/package.json': '{ "exports": { "./a": "./a.js" } }',
};

test.each([
  ['a missing file', "import './gone.mjs';"],
  ['a missing file, spelled nearly so', "import './c.mjs';"],
  ['a missing package', "import 'left-padding';"],
  ['a missing package, by a path in it', "import { a } from 'left-padding/sub';"],
  ['a missing builtin', "import 'node:sqlitte';"],
  ['a missing name', "import { hom } from './b.mjs';\nconsole.log(hom);"],
  ['a missing default', "import hom from './b.mjs';\nconsole.log(hom);"],
  ['a stylesheet', "import './x.css';"],
  ['a URL of Bun', "import 'bun:sqlite';"],
  ['a URL of the web', "import 'https://esm.sh/zod';"],
])("%s has the same error with Node's own loader as with ours", async (_, source) => {
  const files = { ...MODULES, 'entry.mjs': "\nimport './mysite/a.mjs';", 'mysite/a.mjs': `\n${source}` };
  const ours = await failure(files);
  const native = await failureOfNode(files);
  expect([native.message, native.hint]).toEqual([ours.message, ours.hint]);
  expect(native.message).toMatch(/^mysite\/a\.mjs:2:\d+: /);
  expect(native.codeFrame).toBe(ours.codeFrame);
});

test.skipIf(isBuiltin('node:sqlite'))(
  'the error for a builtin names the version of Node that has it',
  async () => {
    const { message } = await failureOfNode({ 'entry.mjs': "import 'node:sqlite';" });
    expect(message).toMatch(/^entry\.mjs:1:9: 'node:sqlite' needs Node 22\.13 or later; this is/);
  },
);

test('the error for a path without its extension suggests the whole path', async () => {
  const files = { 'entry.mjs': "import './b';", 'b.mjs': '' };
  const error = await failureOfNode(files);
  expect(error.message).toBe(
    "entry.mjs:1:9: Cannot find module './b': Node itself adds no extension or index.",
  );
  expect(error.hint).toBe("Write './b.mjs'.");
});
