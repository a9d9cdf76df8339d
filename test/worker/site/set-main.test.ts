import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { setMain } from '../../../src/worker/site/set-main.ts';
import type { Files } from '../../_temp-folder.ts';
import { createSite } from '../../loader/_site.ts';

/** A site whose main module is set, and what its process was before. */
function siteWith(files: Files) {
  const [argument, { mainModule }] = [process.argv[1]!, process];
  onTestFinished(() => {
    process.argv[1] = argument;
    process.mainModule = mainModule;
  });
  return createSite(files);
}

test.each([
  [
    'the wsgi module beside the settings',
    { 'mysite/wsgi.ts': '' },
    'mysite.settings',
    false,
    'mysite/wsgi.ts',
  ],
  ['the settings, without one', {}, 'mysite.settings', false, 'mysite/settings.ts'],
  ['what WSGI_APPLICATION names', { 'other/app.ts': '' }, 'other.app.application', true, 'other/app.ts'],
  ['the same with a colon', { 'other/app.ts': '' }, 'other.app:application', true, 'other/app.ts'],
])('the main module is %s', async (_what, files, dotted, isApplication, file) => {
  const site = siteWith({
    'mysite/settings.ts': '',
    'legacy/package.json': '{ "type": "commonjs" }',
    'legacy/main.ts': 'exports.main = require.main.filename;',
    ...files,
  });
  setMain(site.loader, dotted, isApplication);
  expect(process.argv[1]).toBe(path.join(site.root, file));
  expect(process.mainModule?.filename).toBe(path.join(site.root, file));
  expect((await site.loader.importModule('legacy.main')).exports.main).toBe(path.join(site.root, file));
});

test('a missing module changes nothing', () => {
  const site = siteWith({});
  const before = process.argv[1];
  setMain(site.loader, 'mysite.settings', false);
  expect(process.argv[1]).toBe(before);
});
