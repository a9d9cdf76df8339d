import { describe, expect, test } from 'vitest';
import { checkSite } from '../../../src/production/config-process/check-site.ts';
import { type Files, temporaryFolder } from '../../_temp-folder.ts';
import { SITE } from '../../e2e/_runserver.ts';
import { spawnConfigProcess } from './_spawn-config-process.ts';

const served = { bind: ['0.0.0.0:8000'], forwardedAllowIps: [], protocol: 'http' } as const;

/** Checks a site with these files in the place of the scaffold's. */
function check(
  files: Files = {},
  { timeoutMs = 30_000, application }: { timeoutMs?: number; application?: string } = {},
) {
  const root = temporaryFolder({ ...SITE, ...files });
  const site = {
    root,
    settings: 'mysite.settings',
    skipChecks: false,
    serverPort: 0,
    limits: {},
    application,
  };
  return checkSite({ site, served, spawn: () => spawnConfigProcess(root), timeoutMs });
}

const settings = (lines: string) => ({ 'mysite/settings.ts': `${SITE['mysite/settings.ts']}${lines}` });

describe('a site that loads', () => {
  test('is checked as Django checks a deployment', async () => {
    const { findings } = await check();
    expect(findings.map(({ id }) => id)).toEqual(['security.W009', 'security.W018', 'security.W020']);
  });

  test('is checked as runserver checks it, too', async () => {
    const { findings } = await check(settings("export const ALLOWED_HOST = ['a'];"));
    expect(findings.map(({ id }) => id)).toContain('settings.W001');
  });
});

describe('a site that does not load', () => {
  test('fails with the text that runserver has', async () => {
    await expect(check({ 'mysite/wsgi.ts': "throw new Error('no');" })).rejects.toMatchObject({
      name: 'ImproperlyConfigured',
      message: 'mysite/wsgi.ts:1:7: loading failed: Error: no',
      codeFrame: expect.stringContaining('> 1 | throw'),
    });
  });

  test('fails for the application that was asked for', async () => {
    await expect(check({}, { application: 'mysite.wsgi:app' })).rejects.toThrow(
      /mysite\/wsgi\.ts has no export 'app'/,
    );
  });

  test('and ends its process is named by the line that does it', async () => {
    await expect(check({ 'mysite/wsgi.ts': 'export {};\nprocess.exit(0);' })).rejects.toThrow(
      'mysite/wsgi.ts:2:9: the site ended its process with exit code 0 while it loaded.',
    );
  });

  test('and waits without end has a limit', async () => {
    const waits = { 'mysite/wsgi.ts': 'setInterval(() => {}, 1000);\nawait new Promise(() => {});' };
    await expect(check(waits, { timeoutMs: 2_000 })).rejects.toThrow(
      'The site did not load within 2 seconds. It waits for a promise.',
    );
  });
});
