import { expect, test } from 'vitest';
import { resolveSettings } from '../../../src/production/settings/resolve-settings.ts';
import type { RawOptions } from '../../../src/production/settings/sources/flags.ts';

function resolve(argvOptions: RawOptions, values?: object) {
  const fileConfig = values && { file: '/srv/wsgi.config.ts', values: { ...values } };
  return resolveSettings({ argvOptions, fileConfig, env: {}, cwd: '/srv' });
}

test('the command has the defaults of its protocol, and all that is given is stronger', () => {
  const defaults = { protocol: 'fcgi', bind: [] };
  const resolved = (options: RawOptions) =>
    resolveSettings({ argvOptions: options, defaults, env: {}, cwd: '/srv' });
  expect(resolved({}).values).toMatchObject({ protocol: 'fcgi', bind: [] });
  expect(resolved({}).origins.protocol.source).toBe('default');
  expect(resolved({ protocol: ['SCGI'], bind: [':1'] }).values).toMatchObject({
    protocol: 'scgi',
    bind: [':1'],
  });
});

test('an idle connection is kept for as long as the web server keeps it', () => {
  expect(resolve({ bind: ['0.0.0.0:1'] }).values.keepAliveMs).toBe(5_000);
  expect(resolve({ bind: ['0.0.0.0:1'], protocol: ['fcgi'] }).values.keepAliveMs).toBe(86_400_000);
  expect(resolve({ keepAlive: ['7'], protocol: ['fcgi'] }).values.keepAliveMs).toBe(7_000);
});

test.each([
  ['certfile', 'cert.pem'],
  ['proxyProtocol', 'v1'],
  ['certReqs', 'optional'],
] as const)('%s is an error where the web server has the client’s connection', (name, text) => {
  expect(() => resolve({ protocol: ['uwsgi'], [name]: [text] })).toThrow(
    expect.objectContaining({
      message: expect.stringMatching(/: has no effect with the protocol uwsgi, which is not HTTP\.$/),
      hint: expect.stringContaining('web server'),
    }),
  );
});

test('what a site with a protocol of its own has from the others is left out', () => {
  const sites = { shop: { bind: [':1'] }, blog: { protocol: 'uwsgi', bind: [':2'] } };
  expect(() => resolve({}, { certfile: 'cert.pem', keyfile: 'key.pem', sites })).not.toThrow();
  const wrong = { ...sites, blog: { ...sites.blog, certfile: 'cert.pem' } };
  expect(() => resolve({}, { sites: wrong })).toThrow(/sites\.blog\.certfile: has no effect/);
});

test('proxies that are believed have no effect, which is said', () => {
  expect(resolve({ protocol: ['scgi'], forwardedAllowIps: ['*'] }).notes).toEqual([
    expect.stringMatching(/^forwardedAllowIps has no effect with the protocol scgi: /),
  ]);
  expect(resolve({ protocol: ['scgi'] }).notes).toEqual([]);
});

test('the socket of who started the process is stronger than the file, and weaker than the command', () => {
  const origins = (argvOptions: RawOptions, env: NodeJS.ProcessEnv = {}) => {
    const fileConfig = { file: '/srv/wsgi.config.ts', values: { bind: [':1'] } };
    const { values } = resolveSettings({ argvOptions, fileConfig, spawnedBind: 'fd://0', env, cwd: '/srv' });
    return values.bind;
  };
  expect(origins({})).toEqual(['fd://0']);
  expect(origins({}, { RUNWSGI_BIND: ':2' })).toEqual([':2']);
  expect(origins({ bind: [':3'] })).toEqual([':3']);
});
