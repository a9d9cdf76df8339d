import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { findProject } from '../../src/cli/find-project.ts';
import { CommandError, ImproperlyConfigured } from '../../src/errors.ts';
import { temporaryFolder } from '../_temp-folder.ts';

const MANIFEST = '{ "startproject": { "settings": "mysite.settings" } }';

describe('the root', () => {
  test('is the folder whose package.json names the settings', () => {
    const root = temporaryFolder({ 'package.json': MANIFEST });
    expect(findProject(root, {})).toEqual({
      root,
      settings: 'mysite.settings',
      settingsSource: {
        name: 'startproject.settings',
        location: { file: path.join(root, 'package.json'), line: 1, column: 21 },
      },
    });
  });

  test('is found from a folder inside', () => {
    const root = temporaryFolder({ 'package.json': MANIFEST, 'mysite/templates/home.html': '' });
    expect(findProject(path.join(root, 'mysite/templates'), {}).root).toBe(root);
  });

  test('is not the folder of a package.json without our field', () => {
    const root = temporaryFolder({ 'package.json': MANIFEST, 'packages/ui/package.json': '{"name":"ui"}' });
    expect(findProject(path.join(root, 'packages/ui'), {}).root).toBe(root);
  });

  test('is the nearest of two', () => {
    const outer = temporaryFolder({
      'package.json': MANIFEST,
      'inner/package.json': MANIFEST.replace('mysite', 'other'),
    });
    const root = path.join(outer, 'inner');
    expect(findProject(root, {})).toMatchObject({ root, settings: 'other.settings' });
  });

  test('stays the folder of package.json when the settings come from elsewhere', () => {
    const root = temporaryFolder({ 'package.json': MANIFEST, 'docs/readme.txt': '' });
    const docs = path.join(root, 'docs');
    expect(findProject(docs, { DJANGO_SETTINGS_MODULE: 'a.b' }).root).toBe(root);
  });

  test('is where we are when no package.json has the field', () => {
    const root = temporaryFolder({ 'package.json': '{}' });
    expect(findProject(root, {}, 'mysite.settings')).toEqual({
      root,
      settings: 'mysite.settings',
      settingsSource: { name: '--settings' },
    });
  });

  test('may have a field that leaves the settings to the environment', () => {
    const root = temporaryFolder({ 'package.json': '{ "startproject": {} }', 'docs/readme.txt': '' });
    expect(findProject(path.join(root, 'docs'), { DJANGO_SETTINGS_MODULE: 'a.b' })).toEqual({
      root,
      settings: 'a.b',
      settingsSource: { name: 'DJANGO_SETTINGS_MODULE' },
    });
  });
});

describe('the settings', () => {
  test('of --settings win', () => {
    const root = temporaryFolder({ 'package.json': MANIFEST });
    expect(findProject(root, { DJANGO_SETTINGS_MODULE: 'from.env' }, 'from.flag').settings).toBe('from.flag');
  });

  test('of DJANGO_SETTINGS_MODULE win over package.json', () => {
    const root = temporaryFolder({ 'package.json': MANIFEST });
    expect(findProject(root, { DJANGO_SETTINGS_MODULE: 'from.env' }).settings).toBe('from.env');
  });

  test('of an empty DJANGO_SETTINGS_MODULE do not count', () => {
    const root = temporaryFolder({ 'package.json': MANIFEST });
    expect(findProject(root, { DJANGO_SETTINGS_MODULE: '' }).settings).toBe('mysite.settings');
  });
});

describe('what is refused', () => {
  test('a folder where nothing names settings, and what to do', () => {
    const cwd = temporaryFolder({ 'package.json': '{}' });
    expect(() => findProject(cwd, {})).toThrow(
      expect.objectContaining({
        constructor: CommandError,
        message: `No site found: no settings module is named in ${cwd} or above.`,
        hint: expect.stringContaining('npx startproject mysite'),
      }),
    );
  });

  test('a field that names no settings when nothing else does', () => {
    const cwd = temporaryFolder({ 'package.json': '{ "startproject": null }' });
    expect(() => findProject(cwd, {})).toThrow(/^No site found/);
  });

  test('a package.json that is not JSON, by its path', () => {
    const cwd = temporaryFolder({ 'package.json': '{ "startproject": }' });
    expect(() => findProject(cwd, {})).toThrow(
      expect.objectContaining({
        constructor: ImproperlyConfigured,
        message: expect.stringContaining(`${path.join(cwd, 'package.json')} is not valid JSON: `),
        cause: expect.any(SyntaxError),
      }),
    );
  });

  test('settings that are not a text, with what was found', () => {
    const cwd = temporaryFolder({ 'package.json': '{ "startproject": { "settings": ["a.b"] } }' });
    expect(() => findProject(cwd, {})).toThrow(
      `"startproject.settings" in ${path.join(cwd, 'package.json')} must be a dotted path such as "mysite.settings", and is ["a.b"].`,
    );
  });
});
