import { describe, expect, test } from 'vitest';
import { outputNotes } from '../../../src/production/settings/notes.ts';
import { resolveSettings } from '../../../src/production/settings/resolve-settings.ts';

const FILE = '/srv/wsgi.config.ts';

/** Resolves the settings of a configuration file. */
function resolve(
  values: Record<string, unknown>,
  options: Partial<Parameters<typeof resolveSettings>[0]> = {},
) {
  return resolveSettings({ fileConfig: { file: FILE, values }, env: {}, cwd: '/srv', ...options });
}

const blog = { bind: ['unix:/run/blog.sock'] };
const shop = { bind: ['unix:/run/shop.sock'] };

describe('a site', () => {
  test('has the settings of the top level but for what it says itself', () => {
    const { sites } = resolve({ timeout: 5, workers: 2, sites: { blog: { ...blog, workers: 3 }, shop } });
    expect(sites.map(({ name, settings }) => [name, settings.workers, settings.timeoutMs])).toEqual([
      ['blog', 3, 5_000],
      ['shop', 2, 5_000],
    ]);
    expect(sites[0]!.origins.workers).toEqual({ source: 'file', name: 'sites.blog.workers', file: FILE });
  });

  test('is stronger than flags in what it says, and has what flags say besides', () => {
    const { sites, values } = resolve(
      { sites: { blog: { ...blog, workers: 3 }, shop } },
      { argvOptions: { workers: ['7'] } },
    );
    expect([values.workers, ...sites.map(({ settings }) => settings.workers)]).toEqual([7, 3, 7]);
  });

  test('adds its variables to those of the top level', () => {
    const { sites } = resolve({ env: { A: '1', B: '1' }, sites: { blog: { ...blog, env: { B: '2' } } } });
    expect(sites[0]!.settings.env).toEqual({ A: '1', B: '2' });
  });

  test('has a keep-alive time by its own addresses', () => {
    const { sites } = resolve({ sites: { blog, shop: { bind: ['0.0.0.0:8000'] } } });
    expect(sites.map(({ settings }) => settings.keepAliveMs)).toEqual([75_000, 5_000]);
  });

  test('has paths that begin in the folder of the file', () => {
    const { sites } = resolve({ sites: { blog: { ...blog, chdir: 'blog', errorLog: 'blog.log' } } });
    expect([sites[0]!.settings.chdir, sites[0]!.settings.errorLog]).toEqual(['/srv/blog', '/srv/blog.log']);
  });
});

describe('an error of one line is what ends', () => {
  test.each([
    [
      'two sites with one address',
      { sites: { blog: { bind: ['LOCALHOST:8000'] }, shop: { bind: ['localhost'] } } },
      /sites\.shop\.bind: the sites blog and shop have one address/,
    ],
    [
      'sites that all have the address of the top level',
      { sites: { blog: {}, shop: {} } },
      /^bind: the sites blog and shop have one address, 127\.0\.0\.1:8000\.$/,
    ],
    [
      'an address that is there twice',
      { bind: [':1', ':1'] },
      /bind: the address 0\.0\.0\.0:1 is given twice/,
    ],
    [
      'a setting of the server in a site',
      { sites: { blog: { ...blog, pid: 'a.pid' } } },
      /sites\.blog\.pid: is a setting of the server/,
    ],
    [
      'a hook in a site',
      { sites: { blog: { ...blog, preFork: null } } },
      /sites\.blog\.preFork: is a hook of the server/,
    ],
    [
      'an unknown name in a site',
      { sites: { blog: { ...blog, wrkers: 1 } } },
      /sites\.blog\.wrkers: there is no such setting/,
    ],
    [
      'a wrong value in a site',
      { sites: { blog: { ...blog, workers: 0 } } },
      /sites\.blog\.workers: expected a whole/,
    ],
    ['no site', { sites: {} }, /sites: expected at least one site, found none/],
    ['sites that are a list', { sites: [blog] }, /sites: expected an object with a site for each name/],
    [
      'a site that is not an object',
      { sites: { blog: 1 } },
      /sites\.blog: expected an object with the settings/,
    ],
    ['a name that cannot be one', { sites: { 'a b': blog } }, /expected a name of letters/],
    [
      'authorities without a certificate',
      { caCerts: 'ca.pem' },
      /caCerts: authorities of client certificates/,
    ],
    ['a key without a certificate', { keyfile: 'a.key' }, /keyfile: a key needs its certificate/],
    [
      'client certificates without HTTPS',
      { certReqs: 'required' },
      /certReqs: client certificates need HTTPS/,
    ],
    [
      'client certificates without authorities',
      { certReqs: 'required', certfile: 'a.pem' },
      /certReqs: client certificates need the authorities/,
    ],
  ])('%s', (_name, values, message) => {
    expect(() => resolve(values)).toThrow(message);
  });
});

test('two sites may each ask for any free port', () => {
  const any = { bind: ['127.0.0.1:0'] };
  expect(resolve({ sites: { blog: any, shop: any } }).sites).toHaveLength(2);
});

describe('notes', () => {
  const kubernetes = { env: { KUBERNETES_SERVICE_HOST: '10.0.0.1' } };

  test('say when a pod is killed before requests have had their time', () => {
    expect(resolve({}, kubernetes).notes).toEqual([
      'drainDelay and gracefulTimeout are 30 seconds together. Kubernetes kills a pod 30 seconds after the signal to stop, unless its terminationGracePeriodSeconds is larger.',
    ]);
    expect(resolve({ gracefulTimeout: 20, drainDelay: 5 }, kubernetes).notes).toEqual([]);
    expect(resolve({}).notes).toEqual([]);
  });

  const flags = (...argv: [string, string][]) => ({
    argvOptions: Object.fromEntries(argv.map(([name, text]) => [name, [text]])),
  });

  test.each([
    [
      'proxyAllowIps',
      '10.0.0.1',
      ['10.0.0.1'],
      ['proxyProtocol', 'v2'],
      '--proxy-allow-from',
      '--proxy-protocol',
    ],
    ['maxRequestsJitter', '9', 9, ['maxRequests', '100'], '--max-requests-jitter', '--max-requests'],
    ['accessLogFormat', 'json', 'json', ['accessLog', '-'], '--access-logformat', '--access-logfile'],
  ] as const)('say of %s that it has no effect alone', (name, text, value, needed, flag, neededFlag) => {
    expect(resolve({}, flags([name, text])).notes).toEqual([`${flag} has no effect without ${neededFlag}.`]);
    expect(resolve({ [name]: value }).notes).toEqual([`${name} has no effect without ${needed[0]}.`]);
    expect(resolve({}, flags([name, text], [...needed])).notes).toEqual([]);
  });

  test('say that authorities of client certificates have no effect while no client is asked for one', () => {
    const env = { RUNWSGI_CERTFILE: 'cert.pem', RUNWSGI_CA_CERTS: 'ca.pem' };
    expect(resolve({}, { env }).notes).toEqual(['RUNWSGI_CA_CERTS has no effect without RUNWSGI_CERT_REQS.']);
    expect(resolve({ certReqs: 'optional' }, { env }).notes).toEqual([]);
  });

  test('say nothing of what one site of several needs', () => {
    const sites = { blog: { ...blog, maxRequests: 5 }, shop };
    expect(resolve({ maxRequestsJitter: 9, sites }).notes).toEqual([]);
    expect(resolve({ sites: { blog: { ...blog, maxRequestsJitter: 9 }, shop } }).notes).toEqual([
      'sites.blog.maxRequestsJitter has no effect without maxRequests.',
    ]);
  });

  test('say of a flag that no site takes it, since each has its own', () => {
    const given = flags(['bind', ':9000'], ['workers', '4'], ['env', 'A=1']);
    const sites = { blog: { ...blog, workers: 1, env: { B: '1' } }, shop };
    expect(resolve({ sites }, given).notes).toEqual([
      '--bind has no effect: the configuration gives each site its own bind.',
    ]);
  });

  test('say of logs in the background that nobody reads the output there', () => {
    const background = resolve({ daemon: true, accessLog: '-', errorLog: '-' });
    expect(outputNotes(background, undefined)).toEqual([
      expect.stringMatching(/^accessLog - has no effect in the background: /),
      expect.stringMatching(/^errorLog - shows nothing after the start: /),
    ]);
    expect(outputNotes(resolve({ daemon: true, accessLog: '-' }), 'out.log')).toEqual([]);
    expect(outputNotes(resolve({ accessLog: '-' }), undefined)).toEqual([]);
    expect(outputNotes(resolve({}), 'out.log')).toEqual([
      expect.stringMatching(/^outlog has no effect without daemonize: /),
    ]);
  });

  test('say that --preload has no effect', () => {
    expect(resolve({ preload: true }).notes).toEqual([expect.stringMatching(/^--preload has no effect/)]);
  });
});
