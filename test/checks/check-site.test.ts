import { describe, expect, test } from 'vitest';
import { middlewareFindings } from '../../src/checks/middleware-checks.ts';
import { securityFindings } from '../../src/checks/security-checks.ts';
import { settingsFindings } from '../../src/checks/settings-checks.ts';
import { wsgiFindings } from '../../src/checks/wsgi-checks.ts';
import { checkedSettings } from '../../src/conf/load.ts';
import { type Files, temporaryFolder } from '../_temp-folder.ts';

const SETTINGS = 'export const DEBUG = true;\nexport const ALLOWED_HOST = [];\n';

/** A site's folder, and its settings as they would be loaded from there. */
function site(values: object, files: Files = {}) {
  const root = temporaryFolder({ 'mysite/settings.ts': SETTINGS, ...files });
  const settings = checkedSettings(
    { DEBUG: true, ...values },
    'mysite.settings',
    `${root}/mysite/settings.ts`,
  );
  return { root, settings };
}

describe('settings', () => {
  test('that are misspelt are named with the nearest, at their line', () => {
    const { settings } = site({ ALLOWED_HOST: [] });
    expect(settingsFindings(settings)).toEqual([
      {
        id: 'settings.W001',
        message: 'ALLOWED_HOST is not a setting: did you mean ALLOWED_HOSTS?',
        hint: expect.stringContaining('export const ALLOWED_HOSTS'),
        place: expect.stringMatching(/mysite\/settings\.ts:2:14$/),
      },
    ]);
  });

  test('have folders of static files that are there', () => {
    const { root, settings } = site({ STATICFILES_DIRS: ['/nowhere'] }, { 'static/a.css': '' });
    expect(settingsFindings(settings).map(({ id }) => id)).toEqual(['staticfiles.W004']);
    expect(settingsFindings(site({ STATICFILES_DIRS: [`${root}/static`] }).settings)).toEqual([]);
  });
});

test('a setting that is not safe has the place where it is set', () => {
  const values = { DEBUG: false, SECRET_KEY: 'startproject-insecure-abc', ALLOWED_HOSTS: ['a'] };
  expect(securityFindings(values, (name) => `settings.ts, ${name}`)).toMatchObject([
    { id: 'security.W009', place: 'settings.ts, SECRET_KEY' },
  ]);
});

describe('middleware', () => {
  test('that is listed twice is a finding, once', () => {
    const { settings } = site({ MIDDLEWARE: ['a.b', 'c.d', 'a.b', 'a.b'] });
    expect(middlewareFindings(settings, true)).toMatchObject([
      { id: 'middleware.W001', message: expect.stringContaining("'a.b' more than once") },
    ]);
  });

  test('that an application of its own does not run is a finding', () => {
    const { settings } = site({ MIDDLEWARE: ['a.b'] });
    expect(middlewareFindings(settings, false).map(({ id }) => id)).toEqual(['middleware.W002']);
    expect(middlewareFindings(settings, true)).toEqual([]);
    expect(middlewareFindings(site({}).settings, false)).toEqual([]);
  });
});

describe('wsgi.ts', () => {
  const wsgi = (named: string) => ({
    'mysite/wsgi.ts': `\nprocess.env.DJANGO_SETTINGS_MODULE ??= '${named}';\n`,
  });

  test('that nothing names is a finding', () => {
    const { root, settings } = site({}, wsgi('mysite.settings'));
    expect(wsgiFindings(root, settings)).toMatchObject([
      { id: 'wsgi.W001', hint: expect.stringContaining("WSGI_APPLICATION = 'mysite.wsgi.application'") },
    ]);
    expect(wsgiFindings(site({}).root, site({}).settings)).toEqual([]);
  });

  test('that names settings which are not there is a finding, at its line', () => {
    const named = { WSGI_APPLICATION: 'mysite.wsgi.application' };
    const { root, settings } = site(named, wsgi('other.settings'));
    expect(wsgiFindings(root, settings)).toMatchObject([{ id: 'wsgi.W002', place: 'mysite/wsgi.ts:2:13' }]);
    const right = site(named, wsgi('mysite.settings'));
    expect(wsgiFindings(right.root, right.settings)).toEqual([]);
  });
});
