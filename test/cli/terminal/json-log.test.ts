import { expect, test } from 'vitest';
import { JsonLog } from '../../../src/cli/terminal/json-log.ts';

function createLog() {
  const lines: string[] = [];
  const log = new JsonLog({
    root: '/srv/mysite',
    settings: 'mysite.settings',
    version: '1.2.3',
    write: (text) => lines.push(text),
  });
  const parsed = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { log, lines, parsed };
}

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const FACTS = {
  method: 'GET',
  target: '/a?b',
  httpVersion: '1.1',
  status: 200,
  bytes: 12,
  durationMs: 0.87312,
};

test('a request is an object on one line', () => {
  const { log, lines, parsed } = createLog();
  log.onRequest(FACTS);
  expect(lines[0]).toMatch(/^[^\n]+\n$/);
  expect(parsed()).toEqual([
    { time: TIME, method: 'GET', path: '/a?b', status: 200, bytes: 12, durationMs: 0.873 },
  ]);
});

test('a request that failed has the error, and one that broke off says by whom', () => {
  const { log, lines, parsed } = createLog();
  const error = 'TypeError: \u001b[31mno\n    at home (urls.ts:1:1)';
  log.onRequest({ ...FACTS, status: 500, error, brokenOffBy: 'client' });
  expect(lines[0]!.trimEnd()).not.toContain('\n');
  expect(parsed()).toMatchObject([
    { status: 500, error: 'TypeError: no\n    at home (urls.ts:1:1)', brokenOffBy: 'client' },
  ]);
});

test('all else has an event', () => {
  const { log, parsed } = createLog();
  const failure = { name: 'SyntaxError', message: 'no', stack: 'at a.ts:1:1' };
  const changed = ['/srv/mysite/urls.ts'];
  log.greet({ local: 'http://127.0.0.1:8000/', network: [] });
  log.onLoaded({ generation: 1, ms: 20, changed: [] });
  log.onLoaded({ generation: 2, ms: 21, changed });
  log.onLoaded({ generation: 3, ms: 22, changed, failure });
  log.onSlowLoad(3_000, { stack: 'at b.ts:1:1' });
  log.onNotice('two\nlines');
  log.onUrls('/ home');
  log.onError('gone');
  expect(parsed()).toEqual([
    {
      time: TIME,
      event: 'listening',
      url: 'http://127.0.0.1:8000/',
      network: [],
      settings: 'mysite.settings',
      version: '1.2.3',
    },
    { time: TIME, event: 'reload', changed: ['urls.ts'], durationMs: 21 },
    { time: TIME, event: 'error', changed: ['urls.ts'], error: failure },
    { time: TIME, event: 'notice', message: 'The site is still loading after 3 s.', stack: 'at b.ts:1:1' },
    { time: TIME, event: 'notice', message: 'two\nlines' },
    { time: TIME, event: 'urls', message: '/ home' },
    { time: TIME, event: 'error', error: { message: 'gone' } },
  ]);
});
