import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { DevTerminal } from '../../../src/cli/terminal/dev-terminal.ts';
import { PLAIN_ERRORS, WHOLE_ERRORS } from '../../../src/cli/terminal/error-style.ts';
import { useColours } from '../_colours.ts';

const BROKEN = { name: 'ImproperlyConfigured', message: 'mysite/wsgi.ts:1:1: syntax error: no' };

/** A terminal that keeps what it is told to show. */
function createTerminal({ errorStyle = () => ({ ...PLAIN_ERRORS, columns: 60 }) } = {}) {
  const shown = { out: '', error: '' };
  const terminal = new DevTerminal({
    root: '/srv/mysite',
    settings: 'mysite.settings',
    version: '1.2.3',
    errorStyle,
    now: () => new Date(2026, 10, 22, 8, 0, 0).getTime(),
    write: (text) => {
      shown.out += text;
    },
    writeError: (text) => {
      shown.error += text;
    },
  });
  return { terminal, shown };
}

const LOCAL = { local: 'http://127.0.0.1:8000/', network: [] };

const FACTS = { method: 'GET', target: '/', httpVersion: '1.1', status: 200, bytes: 12, durationMs: 3.14 };

function load(generation: number, more: object = {}) {
  return { generation, ms: 21, changed: [], ...more };
}

describe('without colours', () => {
  beforeEach(() => useColours(false));

  describe('the greeting', () => {
    test('names the version, the settings, the address and how to quit', () => {
      const { terminal, shown } = createTerminal();
      terminal.greet(LOCAL, { hasKeys: true });
      expect(shown).toEqual({
        out:
          'startproject 1.2.3, settings mysite.settings\n' +
          'Development server at http://127.0.0.1:8000/\n' +
          'Not for production. CONTROL-C ends it, press h for help.\n\n',
        error: '',
      });
    });

    test('names each address of the network, and no key where there are none', () => {
      const { terminal, shown } = createTerminal();
      terminal.greet({ ...LOCAL, network: ['http://192.0.2.7:8000/'] }, { hasKeys: false });
      expect(shown.out).toContain(
        'Development server at http://127.0.0.1:8000/\nOn your network at http://192.0.2.7:8000/\n',
      );
      expect(shown.out).toContain('CONTROL-C ends it.\n');
    });
  });

  describe('a load', () => {
    test('that is the first one prints nothing', () => {
      const { terminal, shown } = createTerminal();
      terminal.onLoaded(load(1));
      expect(shown).toEqual({ out: '', error: '' });
    });

    test('after a change names the file and the time', () => {
      const { terminal, shown } = createTerminal();
      terminal.onLoaded(load(2, { changed: ['/srv/mysite/mysite/urls.ts'] }));
      expect(shown).toEqual({ out: 'mysite/urls.ts changed, reloaded in 21 ms\n', error: '' });
    });

    test('after several changes counts the others', () => {
      const { terminal, shown } = createTerminal();
      terminal.onLoaded(load(2, { changed: ['/srv/mysite/a.ts', '/srv/mysite/b.ts', '/srv/mysite/c.ts'] }));
      expect(shown.out).toBe('a.ts and 2 more changed, reloaded in 21 ms\n');
    });

    test('after a change outside of the site names the whole path', () => {
      const { terminal, shown } = createTerminal();
      terminal.onLoaded(load(2, { changed: ['/srv/shared/lib.ts'] }));
      expect(shown.out).toBe('/srv/shared/lib.ts changed, reloaded in 21 ms\n');
    });

    test('without a change was asked for', () => {
      const { terminal, shown } = createTerminal();
      terminal.onLoaded(load(3));
      expect(shown.out).toBe('Reloaded in 21 ms\n');
    });
  });

  describe('a failure', () => {
    test('is told on stderr, with its code frame and its hint', () => {
      const { terminal, shown } = createTerminal();
      const failure = { ...BROKEN, codeFrame: '> 1 | const = 1', hint: 'Give it a name.' };
      terminal.onLoaded(load(1, { failure }));
      expect(shown).toEqual({
        out: '',
        error: 'Error: mysite/wsgi.ts:1:1: syntax error: no\n\n> 1 | const = 1\n\nHint: Give it a name.\n',
      });
    });

    test('after a change names the file that did it', () => {
      const { terminal, shown } = createTerminal();
      terminal.onLoaded(load(2, { changed: ['/srv/mysite/a.ts'], failure: BROKEN }));
      expect(shown.error).toBe(`a.ts changed\nError: ${BROKEN.message}\n`);
    });

    test('that a user can fix has no stack', () => {
      const { terminal, shown } = createTerminal();
      terminal.onLoaded(load(1, { failure: { ...BROKEN, stack: 'Error: x\n    at y' } }));
      expect(shown.error).toBe(`Error: ${BROKEN.message}\n`);
    });

    test('with its place has its whole stack too with --traceback', () => {
      const { terminal, shown } = createTerminal({ errorStyle: () => WHOLE_ERRORS });
      const stack = 'Error: x\n    at y (z.ts:1:2)';
      terminal.onLoaded(load(1, { failure: { ...BROKEN, stack } }));
      expect(shown.error).toBe(`Error: ${BROKEN.message}\n\n${stack}\n`);
    });

    test('that the site throws has its frames, and those of Node as a number', () => {
      const { terminal, shown } = createTerminal();
      const file = path.resolve('none.ts');
      const stack = `TypeError: x\n    at y (${file}:1:2)\n    at node:internal/a:1:2\n    at node:internal/a:2:2`;
      terminal.onLoaded(load(1, { failure: { name: 'TypeError', message: 'x', stack } }));
      expect(shown.error).toBe(
        'none.ts:1:2: TypeError: x\n    at y (none.ts:1:2)\n    … and 2 frames of startproject and Node\n',
      );
    });

    test('that the site throws has its whole stack with --traceback', () => {
      const { terminal, shown } = createTerminal({ errorStyle: () => WHOLE_ERRORS });
      const stack = 'TypeError: x\n    at y (z.ts:1:2)\n    at node:internal/a:1:2';
      terminal.onLoaded(load(1, { failure: { name: 'TypeError', message: 'x', stack } }));
      expect(shown.error).toBe(`${stack}\n`);
    });

    test('without a stack has its name', () => {
      const { terminal, shown } = createTerminal();
      terminal.onLoaded(load(1, { failure: { name: 'TypeError', message: 'x' } }));
      expect(shown.error).toBe('Error: TypeError: x\n');
    });

    test('that stays the same is shown once', () => {
      const { terminal, shown } = createTerminal();
      terminal.onLoaded(load(1, { failure: BROKEN }));
      terminal.onLoaded(load(2, { changed: ['/srv/mysite/a.ts'], failure: BROKEN }));
      expect(shown).toEqual({ out: '', error: `Error: ${BROKEN.message}\n` });
    });

    test('that differs from the last one is shown', () => {
      const { terminal, shown } = createTerminal();
      terminal.onLoaded(load(1, { failure: BROKEN }));
      terminal.onLoaded(load(2, { failure: { ...BROKEN, message: 'another' } }));
      expect(shown.error).toBe(`Error: ${BROKEN.message}\nError: another\n`);
    });

    test('that occurs again after a success is shown again', () => {
      const { terminal, shown } = createTerminal();
      terminal.onLoaded(load(1, { failure: BROKEN }));
      terminal.onLoaded(load(2));
      terminal.onLoaded(load(3, { failure: BROKEN }));
      expect(shown.error).toBe(`Error: ${BROKEN.message}\n`.repeat(2));
    });

    test('that is fixed is told as a reload', () => {
      const { terminal, shown } = createTerminal();
      terminal.onLoaded(load(1, { failure: BROKEN }));
      terminal.onLoaded(load(2, { changed: ['/srv/mysite/mysite/wsgi.ts'] }));
      expect(shown.out).toBe('mysite/wsgi.ts changed, reloaded in 21 ms\n');
    });
  });

  test('a slow load is reported with its seconds', () => {
    const { terminal, shown } = createTerminal();
    terminal.onSlowLoad(3000);
    expect(shown.error).toBe('The site is still loading after 3 s; requests wait for it.\n');
  });

  test('a request is a line on stdout', () => {
    const { terminal, shown } = createTerminal();
    terminal.onRequest(FACTS);
    expect(shown).toEqual({ out: '[22/Nov/2026 08:00:00] "GET / HTTP/1.1" 200 12 in 3.1 ms\n', error: '' });
  });

  test('a long notice is broken between words', () => {
    const { terminal, shown } = createTerminal();
    terminal.onNotice(`The file ${'a/'.repeat(20)}settings.ts has changed, and more of it`);
    expect(shown.error).toBe(`The file ${'a/'.repeat(20)}settings.ts\nhas changed, and more of it\n`);
  });

  test('a notice is a line on stderr', () => {
    const { terminal, shown } = createTerminal();
    terminal.onNotice('settings.X is not a setting');
    expect(shown).toEqual({ out: '', error: 'settings.X is not a setting\n' });
  });
});

describe('with colours', () => {
  beforeEach(() => useColours(true));

  const STATUSES: [status: number, start: string, end: string][] = [
    [101, '\x1b[1m', '\x1b[22m'],
    [200, '', ''],
    [304, '\x1b[36m', '\x1b[39m'],
    [302, '\x1b[32m', '\x1b[39m'],
    [404, '\x1b[33m', '\x1b[39m'],
    [403, '\x1b[1m\x1b[31m', '\x1b[22m\x1b[39m'],
    [500, '\x1b[1m\x1b[35m', '\x1b[22m\x1b[39m'],
  ];
  test.each(STATUSES)(
    'a request with %i has Django’s colour, its time none, its duration is dim',
    (status, start, end) => {
      const { terminal, shown } = createTerminal();
      terminal.onRequest({ ...FACTS, status });
      const line = `${start}"GET / HTTP/1.1" ${status} 12${end}`;
      expect(shown.out).toBe(`[22/Nov/2026 08:00:00] ${line}\x1b[2m in 3.1 ms\x1b[22m\n`);
    },
  );

  test('the line of a client that disconnected is dim', () => {
    const { terminal, shown } = createTerminal();
    terminal.onRequest({ ...FACTS, status: 0, bytes: 0, brokenOffBy: 'client' });
    expect(shown.out).toContain('\x1b[2m"GET / HTTP/1.1" - 0\x1b[22m\x1b[2m in 3.1 ms, disconnected');
  });

  test('colours that are switched off later are off', () => {
    const { terminal, shown } = createTerminal();
    useColours(false);
    terminal.onRequest({ ...FACTS, status: 500 });
    expect(shown.out).toBe('[22/Nov/2026 08:00:00] "GET / HTTP/1.1" 500 12 in 3.1 ms\n');
  });

  test('the address stands out', () => {
    const { terminal, shown } = createTerminal();
    terminal.greet(LOCAL, { hasKeys: true });
    expect(shown.out).toContain('\x1b[1m\x1b[4mhttp://127.0.0.1:8000/\x1b[22m\x1b[24m');
  });

  test('an error is red and its hint is cyan', () => {
    const { terminal, shown } = createTerminal();
    terminal.onLoaded(load(1, { failure: { ...BROKEN, hint: 'Do this.' } }));
    expect(shown.error).toBe(`\x1b[31mError:\x1b[39m ${BROKEN.message}\n\x1b[36mHint:\x1b[39m Do this.\n`);
  });

  test('a notice is yellow', () => {
    const { terminal, shown } = createTerminal();
    terminal.onNotice('look');
    expect(shown.error).toBe('\x1b[33mlook\x1b[39m\n');
  });
});

test('names of files and notices cannot steer the terminal', () => {
  useColours(false);
  const { terminal, shown } = createTerminal();
  terminal.onLoaded(load(2, { changed: ['/srv/mysite/a\x1b[2J\n.ts'] }));
  terminal.onNotice('one\x9b2J\ntwo');
  terminal.onLoaded(
    load(3, { failure: { ...BROKEN, message: 'a\x1b[2J', hint: 'b\x9b', codeFrame: 'c\x07' } }),
  );
  expect(shown.out).toBe('a\\x1b[2J\\x0a.ts changed, reloaded in 21 ms\n');
  expect(shown.error).toBe('one\\x9b2J\ntwo\nError: a\\x1b[2J\n\nc\\x07\n\nHint: b\\x9b\n');
});
