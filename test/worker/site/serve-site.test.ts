import { expect, test, vi } from 'vitest';
import type { SiteLoader } from '../../../src/loader/site-loader.ts';
import { serveSite } from '../../../src/worker/site/serve-site.ts';
import { useModules } from '../../conf/_modules.ts';

const SITE = {
  root: '/site',
  settings: 'mysite.settings',
  skipChecks: true,
  serverName: '127.0.0.1',
  serverPort: 8000,
  limits: {},
};

/** What a site of these settings, whose application does not load, has told. */
async function noticesOf(settings: object, skipChecks: boolean): Promise<unknown[][]> {
  useModules({
    'mysite.settings': { WSGI_APPLICATION: 'mysite.wsgi.missing', ...settings },
    'mysite.wsgi': {},
  });
  const onNotice = vi.fn();
  const serving = serveSite(
    { root: '/nowhere' } as SiteLoader,
    { ...SITE, skipChecks },
    { onNotice, onResponse: () => {} },
  );
  await expect(serving).rejects.toThrow();
  return onNotice.mock.calls;
}

test.each([true, false])(
  'a misspelt setting is reported when another error occurs: %j',
  async (skipChecks) => {
    const settings = { DEBUGG: true, ALLOWED_HOSTS: ['localhost'] };
    expect(await noticesOf(settings, skipChecks)).toEqual([
      ['DEBUGG is not a setting: did you mean DEBUG?', true],
    ]);
  },
);

test('a misspelt setting is reported once when the hint of the error names it already', async () => {
  expect(await noticesOf({ DEBUGG: true }, false)).toEqual([]);
});
