import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { createSiteCommand } from '../../../src/cli/command.ts';
import { RUNWSGI } from '../../../src/cli/production/runwsgi-command.ts';
import {
  addSettingOptions,
  commandLineInEnvironment,
  commandLineOf,
} from '../../../src/cli/production/setting-options.ts';

/** What a command line of `runwsgi` says, as `createSiteCommand` makes it. */
function parse(...argv: string[]) {
  const command = addSettingOptions(createSiteCommand('runwsgi', 'Serve.')).argument('[app]');
  command.configureOutput({ writeErr() {} }).parse(argv, { from: 'user' });
  return commandLineOf(command, command.args[0]);
}

/** What is given, without the settings that are not. */
function given(...argv: string[]) {
  const { options } = parse(...argv);
  return Object.fromEntries(Object.entries(options).filter(([, texts]) => texts.length > 0));
}

describe('the flags of settings', () => {
  test('have gunicorn’s short forms', () => {
    expect(
      given('-b', ':1', '-w2', '-u', 'a', '-g', 'b', '-p', 'c', '-D', '-e', 'A=1', '-t', '5', '-m', '22'),
    ).toEqual({
      bind: [':1'],
      workers: ['2'],
      user: ['a'],
      group: ['b'],
      pid: ['c'],
      daemon: ['true'],
      env: ['A=1'],
      timeout: ['5'],
      umask: ['22'],
    });
  });

  test('have their defaults in the help, where there are any', () => {
    const help = addSettingOptions(new Command('runwsgi')).helpInformation();
    expect(help).toMatch(/--backlog <count> [^-]*\(511\)/);
    expect(help).not.toContain('undefined');
  });

  test('that are repeated keep their order', () => {
    expect(given('-b', ':1', '--bind=:2', '--log-file', 'e.log')).toEqual({
      bind: [':1', ':2'],
      errorLog: ['e.log'],
    });
  });

  test('that are true can be made false', () => {
    expect(given('--daemon', '--no-daemon', '--preload')).toEqual({ daemon: ['false'], preload: ['true'] });
  });

  test('may stand alone where they have a value that is meant then', () => {
    expect(given('--proxy-protocol', '-w', '2')).toEqual({ proxyProtocol: ['auto'], workers: ['2'] });
    expect(given('--proxy-protocol', 'v1')).toEqual({ proxyProtocol: ['v1'] });
  });

  test('that may stand alone leave a dotted path to the application', () => {
    expect(given('--proxy-protocol', 'mysite.wsgi')).toEqual({
      proxyProtocol: ['auto'],
      app: ['mysite.wsgi'],
    });
    expect(given('--proxy-protocol', 'v3')).toEqual({ proxyProtocol: ['v3'] });
  });

  test.each([
    [['--timeout', '-w', '2'], '--timeout', '-w', '--timeout <seconds>'],
    [['-b', '--daemon'], '--bind', '--daemon', '--bind <address>'],
    [['-c', '-D'], '--config', '-D', '--config <file>'],
    [['--settings', '-b', ':1'], '--settings', '-b', '--settings <module>'],
  ])('%j: a flag without its value does not take another flag for it', (argv, flag, found, right) => {
    expect(() => parse(...argv)).toThrow(
      expect.objectContaining({
        name: 'UsageError',
        message: `${flag}: expected a value, found the flag '${found}'.`,
        hint: `Write it like this: ${right}`,
      }),
    );
  });

  test('stand beside the application, the configuration and the flags of all commands', () => {
    expect(parse('mysite.wsgi', '-c', 'a.ts')).toMatchObject({
      config: 'a.ts',
      options: { app: ['mysite.wsgi'] },
    });
    expect(given('--settings', 'a.b', '--chdir', '/srv')).toEqual({ settings: ['a.b'], chdir: ['/srv'] });
  });

  test('are in the help, with their defaults', () => {
    const help = addSettingOptions(new Command()).helpInformation();
    expect(help.replace(/\s+/g, ' ')).toContain('-t, --timeout <seconds> A worker is killed and replaced');
    expect(help).toContain('(30)');
    expect(help).not.toMatch(/worker-class|--no-daemon|`/);
  });
});

describe('a flag of gunicorn without a meaning here', () => {
  test.each([
    [['-k', 'gevent'], '--worker-class is not supported.'],
    [['--threads=4'], '--threads is not supported.'],
    [['--reload'], '--reload is not supported.'],
  ])('%j is refused, with what there is in its place', (argv, message) => {
    expect(() => parse(...argv)).toThrow(
      expect.objectContaining({ name: 'UsageError', message, hint: expect.stringMatching(/\.|:/) }),
    );
  });
});

describe('RUNWSGI_CMD_ARGS', () => {
  const read = (text: string) => commandLineInEnvironment({ RUNWSGI_CMD_ARGS: text }, RUNWSGI);

  test('is a command line, with quotes', () => {
    const { options, config } = read(
      `-w 4 -e "A=two words" --access-logformat '%(h)s "%(r)s"' -c x.ts mysite.wsgi`,
    );
    expect(options).toMatchObject({
      workers: ['4'],
      env: ['A=two words'],
      accessLogFormat: ['%(h)s "%(r)s"'],
      app: ['mysite.wsgi'],
    });
    expect(config).toBe('x.ts');
  });

  test('that is not set says nothing', () => {
    const { options, config } = commandLineInEnvironment({}, RUNWSGI);
    expect([Object.values(options).flat(), config]).toEqual([[], undefined]);
  });

  test.each([
    ['--wrkers 4', "RUNWSGI_CMD_ARGS: unknown option '--wrkers'", 'Did you mean --workers?'],
    ['--threads 4', 'RUNWSGI_CMD_ARGS: --threads is not supported.', /--workers/],
    ['a b', 'RUNWSGI_CMD_ARGS: too many arguments. Expected 1 argument but got 2.', undefined],
    ["-w '4", "RUNWSGI_CMD_ARGS: expected the end of the quote, found none: '4", undefined],
  ])('%s is one line', (text, message, hint) => {
    const isHint = hint instanceof RegExp ? expect.stringMatching(hint) : hint;
    expect(() => read(text)).toThrow(expect.objectContaining({ message, hint: isHint }));
  });
});
