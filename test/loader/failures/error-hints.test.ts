import { describe, expect, test } from 'vitest';
import { failure } from '../_site.ts';

const PACKAGE = {
  'node_modules/pack/index.js': 'module.exports = () => 1;',
  'node_modules/pack/package.json': '{ "name": "pack" }',
};

describe('an error of V8 without advice gets a hint', () => {
  test.each([
    ['__dirname;', '__dirname is not defined', 'import.meta.dirname'],
    ['__filename;', '__filename is not defined', 'import.meta.filename'],
    [`require('node:fs');`, 'require is not defined', 'createRequire(import.meta.url)'],
    ['module.exports = 1;', 'module is not defined', 'use export'],
    ['exports.a = 1;', 'exports is not defined', 'use export'],
    [`import * as pack from 'pack'; pack();`, 'pack is not a function', "Write: import pack from 'pack'."],
    [
      `throw new Error("EACCES: permission denied, open '/site/a.ts'");`,
      "EACCES: permission denied, open '/site/a.ts'",
      'Give this user the permission to open that file.',
    ],
    [
      `import * as pack from "pack"; new pack();`,
      'pack is not a constructor',
      'Write: import pack from "pack".',
    ],
  ])('%s', async (source, message, hint) => {
    const error = await failure({ ...PACKAGE, 'entry.ts': `export const a = 1;\n${source}` });
    expect(error.message).toMatch(/^entry\.ts:\d:\d+: loading failed: /);
    expect(error.message).toContain(message);
    expect(error.hint).toContain(hint);
  });

  test.each(['late();', 'const late = 1; late();', `import * as pack from 'pack'; pack.late();`])(
    'an error with a clear message gets no hint: %s',
    async (source) => {
      expect((await failure({ ...PACKAGE, 'entry.ts': source })).hint).toBeUndefined();
    },
  );
});
