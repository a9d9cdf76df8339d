import path from 'node:path';
import { expect, test } from 'vitest';
import { findConfig } from '../../../src/production/settings/find-config.ts';
import { temporaryFolder } from '../../_temp-folder.ts';

test('the file that the strongest source names is the configuration, else the one in the project', () => {
  const root = temporaryFolder({
    'wsgi.config.mjs': '',
    'flag.ts': '',
    'arguments.ts': '',
    'variable.ts': '',
    'sub/wsgi.config.ts': '',
  });
  const cwd = path.join(root, 'sub');
  const find = (places: object, RUNWSGI_CONFIG?: string) => {
    const file = findConfig({ env: { RUNWSGI_CONFIG }, cwd, root, ...places });
    return file && path.relative(root, file);
  };
  expect(find({ argvConfig: '../flag.ts', argsConfig: '../arguments.ts' }, '../variable.ts')).toBe('flag.ts');
  expect(find({ argsConfig: '../arguments.ts' }, '../variable.ts')).toBe('arguments.ts');
  expect(find({}, '../variable.ts')).toBe('variable.ts');
  expect(find({}, '')).toBe('wsgi.config.mjs');
  expect(find({ root: path.join(root, 'nowhere') })).toBeUndefined();
});

test.each([
  ['none.ts', 'none', /^Correct the path, or leave it out/],
  ['folder', 'a folder', "Name a file in it, such as 'folder/wsgi.config.ts'."],
])('a configuration that is named and is not a file is an error: %s', (name, found, hint) => {
  const cwd = temporaryFolder({ 'folder/a.ts': '' });
  const places = { env: { RUNWSGI_CONFIG: name }, cwd, root: cwd };
  expect(() => findConfig(places)).toThrow(
    expect.objectContaining({
      message: `RUNWSGI_CONFIG: expected a file, found ${found} at '${cwd}/${name}'.`,
      hint: hint instanceof RegExp ? expect.stringMatching(hint) : hint,
    }),
  );
});
