import { expect, test } from 'vitest';
import { findTypeScript, hasTypes } from '../../../src/dev/types/find-typescript.ts';
import { type Files, temporaryFolder } from '../../_temp-folder.ts';

const installed = (manifest: string): Files => ({ 'node_modules/typescript/package.json': manifest });

test.each([
  ['5.9.3', { tsc: './bin/tsc' }],
  ['6.0.0', { tsc: './bin/tsc' }],
  ['7.1.0-beta', './bin/tsc'],
])('tsc of TypeScript %s is found below the site’s folder', (version, bin) => {
  const root = temporaryFolder(installed(JSON.stringify({ version, bin })));
  expect(findTypeScript(root)).toBe(`${root}/node_modules/typescript/bin/tsc`);
});

test('tsc in a parent folder is found, as in a workspace', () => {
  const root = temporaryFolder({
    ...installed('{ "version": "7.0.0", "bin": { "tsc": "bin/tsc" } }'),
    'sites/one/package.json': '{}',
  });
  expect(findTypeScript(`${root}/sites/one`)).toBe(`${root}/node_modules/typescript/bin/tsc`);
});

test.each([
  '{ "version": "4.9.5", "bin": { "tsc": "bin/tsc" } }',
  '{ "version": "7.0.0" }',
  '{ "version": ',
  'null',
])('no tsc is found with %j', (manifest) => {
  expect(findTypeScript(temporaryFolder(installed(manifest)))).toBeUndefined();
});

test('a site has types when it has a tsconfig.json', () => {
  expect(hasTypes(temporaryFolder())).toBe(false);
  expect(hasTypes(temporaryFolder({ 'tsconfig.json': '{}' }))).toBe(true);
});
