import path from 'node:path';
import { expect, test } from 'vitest';
import { formatSettings, settingsToJson } from '../../../src/production/settings/print-settings.ts';
import { resolveSettings } from '../../../src/production/settings/resolve-settings.ts';
import { temporaryFolder } from '../../_temp-folder.ts';

/** Settings from all sources, and the folder of their file. */
function resolve() {
  const cwd = temporaryFolder({
    'wsgi.config.ts': `export default {
  timeout: '2m',
  sites: {
    blog: { bind: ['unix:/run/blog.sock'], workers: 2 },
    shop: { bind: ['0.0.0.0:8001'] },
  },
};
`,
  });
  const sites = {
    blog: { bind: ['unix:/run/blog.sock'], workers: 2 },
    shop: { bind: ['0.0.0.0:8001'] },
  };
  const resolved = resolveSettings({
    argvOptions: { maxMemory: ['1G'] },
    commandArgs: { logLevel: ['debug'] },
    env: { PORT: '5000', RUNWSGI_UMASK: '27' },
    fileConfig: { file: path.join(cwd, 'wsgi.config.ts'), values: { timeout: '2m', sites } },
    cwd,
  });
  return { resolved, cwd };
}

test('each setting is printed with its value and where that comes from', () => {
  const { resolved, cwd } = resolve();
  const text = formatSettings(resolved, cwd);
  expect(text).toMatch(
    /^Configuration file: wsgi\.config\.ts\n\napp +the WSGI_APPLICATION setting of the site +default\n/,
  );
  expect(text).toMatch(/^bind +0\.0\.0\.0:5000 +PORT$/m);
  expect(text).toMatch(/^timeout +120 +wsgi\.config\.ts:2:3$/m);
  expect(text).toMatch(/^maxMemory +1073741824 +--max-memory$/m);
  expect(text).toMatch(/^umask +027 +RUNWSGI_UMASK$/m);
  expect(text).toMatch(/^logLevel +debug +--log-level in RUNWSGI_CMD_ARGS$/m);
});

test('of a site, what it does not have from the top level is printed', () => {
  const { resolved, cwd } = resolve();
  const [, blog, shop] = formatSettings(resolved, cwd).split(/^Site .*\n\n/m);
  expect(blog).toMatch(
    /^bind +unix:\/run\/blog\.sock +wsgi\.config\.ts:4:13\nworkers +2 +wsgi\.config\.ts:4:44\nkeepAlive +75 +default\n/,
  );
  expect(shop).toBe('bind  0.0.0.0:8001  wsgi.config.ts:5:13\n');
});

test('in JSON, times are seconds and each site has all of its settings', () => {
  const { resolved, cwd } = resolve();
  const { settings, sites, configFile } = JSON.parse(settingsToJson(resolved, cwd));
  expect(configFile).toBe(path.join(cwd, 'wsgi.config.ts'));
  expect(settings.timeout).toEqual({ value: 120, source: 'file', origin: 'wsgi.config.ts:2:3' });
  expect(settings.umask).toEqual({ value: '027', source: 'environment', origin: 'RUNWSGI_UMASK' });
  expect(settings.user).toEqual({ value: null, source: 'default', origin: 'default' });
  expect(sites.blog.workers.value).toBe(2);
  expect([sites.shop.timeout.value, 'pid' in sites.shop]).toEqual([120, false]);
});

test('a value cannot steer the terminal', () => {
  const resolved = resolveSettings({ argvOptions: { app: ['\x1b[2J'] }, env: {}, cwd: '/' });
  expect(formatSettings(resolved, '/')).not.toContain('\x1b');
});
