import { describe, expect, test } from 'vitest';
import { createSiteCommand } from '../../../src/cli/command.ts';
import { RUNFCGI } from '../../../src/cli/fcgi/runfcgi-command.ts';
import { addSettingOptions, commandLineInEnvironment } from '../../../src/cli/production/setting-options.ts';
import { formatSettings } from '../../../src/production/settings/print-settings.ts';
import { resolveSettings } from '../../../src/production/settings/resolve-settings.ts';

/** What a command line of `runfcgi` says. */
function read(...argv: string[]) {
  const command = RUNFCGI.addArguments(addSettingOptions(createSiteCommand('runfcgi', 'Serve.')));
  command.configureOutput({ writeErr() {} }).parse(argv, { from: 'user' });
  return RUNFCGI.read(command, 'flag');
}

/** The settings that are given, and no others. */
function given(...argv: string[]) {
  const { options } = read(...argv);
  return Object.fromEntries(Object.entries(options).filter(([, texts]) => texts.length > 0));
}

function resolve(argv: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const line = read(...argv);
  return resolveSettings({
    argvOptions: line.options,
    argvWrittenAs: line.writtenAs,
    defaults: RUNFCGI.defaults([line], env),
    env,
    cwd: '/srv',
  });
}

describe('an option of Django’s', () => {
  test.each([
    [['protocol=scgi'], { protocol: ['scgi'] }],
    [['host=127.0.0.1', 'port=3033'], { bind: ['127.0.0.1:3033'] }],
    [['host=::1', 'port=0'], { bind: ['[::1]:0'] }],
    [['socket=/run/x.sock'], { bind: ['unix:/run/x.sock'] }],
    [['method=prefork'], {}],
    [['maxrequests=500'], { maxRequests: ['500'] }],
    [['maxchildren=4'], { workers: ['4'] }],
    [['daemonize=t'], { daemon: ['true'] }],
    [['daemonize=No'], { daemon: ['No'] }],
    [['daemonize'], { daemon: ['true'] }],
    [['pidfile=x.pid'], { pid: ['x.pid'] }],
    [['workdir=/srv'], { chdir: ['/srv'] }],
    [['errlog=e.log'], { errorLog: ['e.log'] }],
    [['umask=022'], { umask: ['022'] }],
    [['debug=true'], { allowDebug: ['true'] }],
  ])('%j is a word, and a flag', (words, settings) => {
    expect(given(...words)).toEqual(settings);
    const flags = words.flatMap((word) => `--${word}`.split('=', 2));
    expect(given(...flags)).toEqual(settings);
    expect(given(...words, ...flags)).toEqual(settings);
  });

  test('has its key in any case, as with Django', () => {
    expect(given('HOST=localhost', 'Port=1')).toEqual({ bind: ['localhost:1'] });
  });

  test('stands beside the application and our own flags', () => {
    const { options, config } = read('mysite.wsgi', '-t', '5', 'maxchildren=2', '-c', 'a.ts');
    expect(options).toMatchObject({ app: ['mysite.wsgi'], timeout: ['5'], workers: ['2'] });
    expect(config).toBe('a.ts');
  });

  test.each([
    ['method=threaded', /^method=threaded has no effect: there are no threads\./],
    ['minspare=2', /^minspare=2 has no effect: the number of workers does not change by itself\./],
    ['maxspare=5', /^maxspare=5 has no effect: /],
  ])('%s has no effect, which is said', (word, note) => {
    expect(read(word).notes).toEqual([expect.stringMatching(note)]);
    expect(given(word)).toEqual({});
  });

  test('outlog= is where standard output goes', () => {
    expect(read('outlog=out.log').output).toBe('out.log');
  });
});

describe('a mistake is one line', () => {
  test.each<[string[], string, string | RegExp | undefined]>([
    [['prot=scgi'], "There is no option 'prot' (in 'prot=scgi').", "Did you mean 'protocol'?"],
    [['hots=x'], "There is no option 'hots' (in 'hots=x').", "Did you mean 'host'?"],
    [['maxchild=1'], "There is no option 'maxchild' (in 'maxchild=1').", "Did you mean 'maxchildren'?"],
    [['workers=4'], "There is no option 'workers' (in 'workers=4').", 'It is a flag: --workers 4'],
    [['=1'], "There is no option '' (in '=1').", /^There are: protocol, host, /],
    [['port'], 'port needs a value.', 'Write it like this: port=VALUE'],
    [['socket='], 'socket= needs a value.', 'Write it like this: socket=VALUE'],
    [['host=localhost'], 'host= needs port as well.', 'Write it like this: host=localhost port=3033'],
    [['--port', '80'], '--port needs host as well.', 'Write it like this: host=127.0.0.1 port=80'],
    [
      ['socket=/x', 'port=1'],
      'port= and socket= cannot be given together.',
      'Give host and port, or socket.',
    ],
    [['host=x', 'port=http'], "port= expected a port from 0 to 65535, found 'http'.", undefined],
    [['protocol=ajp'], "protocol= expected one of 'fcgi', 'scgi', 'uwsgi', found 'ajp'.", /runwsgi/],
    [['--protocol', 'http'], "--protocol expected one of 'fcgi', 'scgi', 'uwsgi', found 'http'.", /runwsgi/],
    [['method=forked'], "method= expected 'prefork' or 'threaded', found 'forked'.", undefined],
    [['minspare=x'], "minspare= expected a whole number from 0, found 'x'.", undefined],
    [
      ['maxchildren=0'],
      "maxchildren=: expected a whole number from 1, or 'auto', found '0'.",
      'Write it like this: maxchildren=auto',
    ],
    [
      ['maxrequests=-1'],
      "maxrequests=: expected a whole number from 0, found '-1'.",
      'Write it like this: maxrequests=1000',
    ],
    [
      ['daemonize=maybe'],
      "daemonize=: expected true or false, found 'maybe'.",
      'Write it like this: daemonize=true',
    ],
    [
      ['umask=999'],
      /^umask=: expected an octal mode .*, found '999'\.$/.source,
      'Write it like this: umask=027',
    ],
    [['maxrequests=1', 'maxrequests=2'], 'maxrequests=1 and maxrequests=2 contradict each other.', /Leave/],
    [['port=1', 'host=x', '--port', '2'], '--port 2 and port=1 contradict each other.', /Leave/],
    [['umask=022', '--umask', '027'], '--umask 027 and umask=022 contradict each other.', /Leave/],
    [
      ['maxrequests=1', '--max-requests', '2'],
      '--max-requests 2 and maxrequests=1 contradict each other.',
      /Leave/,
    ],
    [['a.wsgi', 'b.wsgi'], "Expected one application, found 'a.wsgi' and 'b.wsgi'.", /'='/],
  ])('%j', (argv, message, hint) => {
    const isHint = hint instanceof RegExp ? expect.stringMatching(hint) : hint;
    const isMessage = message.startsWith('^') ? expect.stringMatching(message) : message;
    expect(() => read(...argv)).toThrow(
      expect.objectContaining({ name: 'UsageError', message: isMessage, hint: isHint }),
    );
  });

  test('in RUNWSGI_CMD_ARGS says so', () => {
    const line = (text: string) => commandLineInEnvironment({ RUNWSGI_CMD_ARGS: text }, RUNFCGI);
    expect(() => line('prot=1')).toThrow("RUNWSGI_CMD_ARGS: There is no option 'prot' (in 'prot=1').");
    expect(line('port=1 host=x').options.bind).toEqual(['x:1']);
  });
});

test('--print-config says of each setting whether a word, a flag or a variable has set it', () => {
  const resolved = resolve(['host=localhost', 'port=3033', '--maxchildren', '3', 'umask=27'], {
    RUNWSGI_TIMEOUT: '7',
  });
  const text = formatSettings(resolved, '/srv');
  expect(text).toMatch(/^bind +localhost:3033 +host=, port=$/m);
  expect(text).toMatch(/^workers +3 +--maxchildren$/m);
  expect(text).toMatch(/^umask +027 +umask=$/m);
  expect(text).toMatch(/^timeout +7 +RUNWSGI_TIMEOUT$/m);
  expect(text).toMatch(/^protocol +fcgi +default$/m);
});

test('an address lets the command go into the background, as with Django, unless somebody waits for the process', () => {
  expect(resolve(['host=localhost', 'port=1']).values.daemon).toBe(true);
  expect(resolve(['socket=/x']).values.daemon).toBe(true);
  expect(resolve(['socket=/x', 'daemonize=false']).values.daemon).toBe(false);
  expect(resolve(['socket=/x'], { RUNWSGI_DAEMON: '0' }).values.daemon).toBe(false);
  expect(resolve(['socket=/x'], { NOTIFY_SOCKET: '/n' }).values.daemon).toBe(false);
  expect(resolve(['-b', ':1']).values.daemon).toBe(false);
  expect(resolve([]).values).toMatchObject({ daemon: false, bind: [] });
});
