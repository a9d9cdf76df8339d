import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { resolveSettings } from '../../../src/production/settings/resolve-settings.ts';
import { temporaryFolder } from '../../_temp-folder.ts';

const CWD = '/srv/mysite';
const FILE = '/srv/mysite/wsgi.config.ts';

function resolve(options: Partial<Parameters<typeof resolveSettings>[0]> = {}) {
  return resolveSettings({ env: {}, cwd: CWD, ...options });
}

function withFile(values: Record<string, unknown>, options: Parameters<typeof resolve>[0] = {}) {
  return resolve({ fileConfig: { file: FILE, values }, ...options });
}

describe('without any source', () => {
  const { values, origins, sites, notes } = resolve();

  test('settings have gunicorn’s defaults, times in milliseconds', () => {
    expect(values).toMatchObject({
      bind: ['127.0.0.1:8000'],
      workers: 1,
      timeoutMs: 30_000,
      bootTimeoutMs: 60_000,
      gracefulTimeoutMs: 30_000,
      queueTimeoutMs: 10_000,
      maxRequests: 0,
      limitRequestLine: 8190,
      forwardedAllowIps: ['127.0.0.1', '::1'],
      user: undefined,
    });
  });

  test('their origin is the default', () => {
    expect(new Set(Object.values(origins).map(({ source }) => source))).toEqual(new Set(['default']));
  });

  test('there is one site', () => {
    expect(sites.map(({ name }) => name)).toEqual(['default']);
    expect(sites[0]!.settings.timeoutMs).toBe(30_000);
  });

  test('nothing is noted', () => expect(notes).toEqual([]));
});

describe('the sources', () => {
  const sources = {
    fileConfig: { file: FILE, values: { workers: 2 } },
    env: { WEB_CONCURRENCY: '3', RUNWSGI_WORKERS: '4' },
    commandArgs: { workers: ['5'] },
    argvOptions: { workers: ['6'] },
  };

  test.each([
    ['the file', { fileConfig: sources.fileConfig }, 2, { source: 'file', name: 'workers', file: FILE }],
    [
      'WEB_CONCURRENCY',
      { fileConfig: sources.fileConfig, env: { WEB_CONCURRENCY: '3' } },
      3,
      { source: 'platform', name: 'WEB_CONCURRENCY' },
    ],
    [
      'a variable',
      { fileConfig: sources.fileConfig, env: sources.env },
      4,
      { source: 'environment', name: 'RUNWSGI_WORKERS' },
    ],
    ['RUNWSGI_CMD_ARGS', { ...sources, argvOptions: {} }, 5, { source: 'arguments', name: '--workers' }],
    ['a flag', sources, 6, { source: 'flag', name: '--workers' }],
  ])('%s is stronger than those before it', (_name, options, workers, origin) => {
    const resolved = resolve(options);
    expect(resolved.values.workers).toBe(workers);
    expect(resolved.origins.workers).toEqual(origin);
  });

  test('PORT gives every IPv4 address', () => {
    expect(resolve({ env: { PORT: '5000' } }).values.bind).toEqual(['0.0.0.0:5000']);
  });

  test('variables for the environment add up', () => {
    const { values } = withFile({ env: { A: '1', B: 2 } }, { argvOptions: { env: ['B=3', 'C=a=b'] } });
    expect(values.env).toEqual({ A: '1', B: '3', C: 'a=b' });
  });

  test('a variable that is empty is unset', () => {
    expect(resolve({ env: { RUNWSGI_WORKERS: '', PORT: '' } }).values).toMatchObject({
      workers: 1,
      bind: ['127.0.0.1:8000'],
    });
  });

  test('what they give is frozen', () => {
    const { values, origins, sites } = withFile({ bind: ['127.0.0.1:1'] });
    for (const frozen of [values, values.bind, values.env, origins, sites, sites[0]!.settings]) {
      expect(Object.isFrozen(frozen)).toBe(true);
    }
  });
});

describe('a relative path', () => {
  test('in the file begins in its folder', () => {
    expect(
      resolve({ fileConfig: { file: '/etc/mysite/wsgi.config.ts', values: { pid: 'a.pid' } } }).values.pid,
    ).toBe('/etc/mysite/a.pid');
  });

  test('elsewhere begins in the working directory', () => {
    const { values } = resolve({
      env: { RUNWSGI_CERTFILE: 'c.pem' },
      argvOptions: { errorLog: ['../e.log'] },
    });
    expect([values.certfile, values.errorLog]).toEqual([path.join(CWD, 'c.pem'), '/srv/e.log']);
  });
});

describe('chdir', () => {
  test('of the command line is the folder that the command has gone to', () => {
    expect(resolve({ argvOptions: { chdir: ['mysite'] } }).values.chdir).toBe(CWD);
    expect(resolve({ env: { RUNWSGI_CHDIR: '..' } }).values.chdir).toBe(CWD);
  });

  test('of the file begins in its folder', () => {
    expect(withFile({ chdir: 'blog' }).values.chdir).toBe('/srv/mysite/blog');
  });
});

describe('bind', () => {
  test('is what the process has inherited, where nothing says otherwise', () => {
    const { values, origins } = resolve({ inheritedBind: ['fd://3'] });
    expect([values.bind, origins.bind.name, values.keepAliveMs]).toEqual([['fd://3'], 'LISTEN_FDS', 5_000]);
    expect(withFile({ bind: [':1'] }, { inheritedBind: ['fd://3'] }).values.bind).toEqual([':1']);
  });
});

describe('keepAlive', () => {
  test.each([
    [['127.0.0.1:8000', 'unix:/run/a.sock', '[::1]:0', 'localhost:1'], 75_000],
    [['127.0.0.1:8000', '0.0.0.0:8000'], 5_000],
    [['fd://3'], 5_000],
  ])('with %j is %i ms', (bind, ms) => {
    expect(withFile({ bind }).values.keepAliveMs).toBe(ms);
  });

  test('that is set, also to 0, stays as it is', () => {
    expect(resolve({ argvOptions: { keepAlive: ['0'] } }).values.keepAliveMs).toBe(0);
  });
});

describe('a wrong value has one line', () => {
  test.each([
    [{ argvOptions: { workers: ['x'] } }, "--workers: expected a whole number from 1, or 'auto', found 'x'."],
    [
      { commandArgs: { timeout: ['2w'] } },
      "--timeout in RUNWSGI_CMD_ARGS: expected a number of seconds up to 24 days, or a text such as '500ms', '15m', '2h', '1d', found '2w'.",
    ],
    [{ env: { RUNWSGI_DAEMON: 'maybe' } }, "RUNWSGI_DAEMON: expected true or false, found 'maybe'."],
    [{ env: { PORT: '70000' } }, "PORT: expected a port from 0 to 65535, found '70000'."],
    [
      { argvOptions: { bind: ['127.0.0.1:8000', 'unix:'] } },
      "--bind: 'unix:' is not an address to bind: it has no path.",
    ],
  ])('%j', (options, message) => {
    expect(() => resolve(options)).toThrow(expect.objectContaining({ message }));
  });

  test('and its place in the file', () => {
    const folder = temporaryFolder({
      'wsgi.config.ts': "export default {\n  // workers: 3\n  timeout: 5,\n  workers: '4',\n};\n",
    });
    const file = path.join(folder, 'wsgi.config.ts');
    const fileConfig = { file, values: { timeout: 5, workers: '4' } };
    expect(() => resolve({ fileConfig })).toThrow(
      expect.objectContaining({
        name: 'ImproperlyConfigured',
        message: `${file}:4:3: workers: expected a whole number from 1, or 'auto', found '4'.`,
        hint: "Write it like this: workers: 'auto'",
        location: { file, line: 4, column: 3 },
      }),
    );
  });
});

describe('an unknown name is answered with the nearest', () => {
  test('in the environment', () => {
    expect(() => resolve({ env: { RUNWSGI_WORKRS: '' } })).toThrow(
      expect.objectContaining({
        message: 'The environment variable RUNWSGI_WORKRS is not a setting of runwsgi.',
        hint: "Did you mean 'RUNWSGI_WORKERS'?",
      }),
    );
  });

  test('in the file', () => {
    expect(() => withFile({ max_requests: 1 })).toThrow(
      expect.objectContaining({
        message: `${FILE}: max_requests: there is no such setting.`,
        hint: "Did you mean 'maxRequests'?",
      }),
    );
  });
});
