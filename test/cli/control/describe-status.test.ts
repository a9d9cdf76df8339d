import { expect, test } from 'vitest';
import { describeStatus } from '../../../src/cli/control/describe-status.ts';
import type { ServerStatus, SiteStatus } from '../../../src/production/control/controllable.ts';
import { useColours } from '../_colours.ts';

const NOW = Date.parse('2026-01-02T00:00:00Z');
const WORKER = {
  pid: 12,
  age: 3_725,
  requests: 7,
  inFlight: 0,
  memory: 2_000_000_000,
  state: 'serving',
} as const;

function status(...sites: Partial<SiteStatus>[]): ServerStatus {
  return {
    pid: 11,
    version: '0.1.0',
    node: 'v24.1.0',
    startedAt: '2026-01-01T00:00:00Z',
    sites: sites.map((site) => ({
      name: 'mysite',
      addresses: ['http://127.0.0.1:8000'],
      generation: 2,
      state: 'serving',
      workers: [],
      ...site,
    })),
  };
}

test('a server is a line, and each site a paragraph with a table of its workers', () => {
  useColours(false);
  const workers = [WORKER, { ...WORKER, pid: 345_678, requests: 1_234_567, state: 'draining' } as const];
  expect(describeStatus(status({ workers }, { name: 'shop', addresses: [], state: 'failing' }), NOW)).toBe(
    [
      'startproject 0.1.0, Node 24.1.0, process 11, started 1d ago',
      '',
      'mysite: serving, generation 2',
      '  http://127.0.0.1:8000',
      '     PID    AGE   REQUESTS  IN FLIGHT   MEMORY  STATE',
      '      12  1h 2m          7          0  1.9 GiB  serving',
      '  345678  1h 2m  1,234,567          0  1.9 GiB  draining',
      '',
      'shop: failing, generation 2',
      '  no workers',
      '',
    ].join('\n'),
  );
});

test('why the last reload did not take is wrapped at 80 columns, and the source in it is not', () => {
  useColours(false);
  const reason =
    'mysite/urls.ts:4:21: a view is missing here, and so the site cannot be loaded by any worker.';
  const lastReload = {
    at: '2026-01-01T23:58:00Z',
    ok: false,
    reason: `${reason}\n\n> 4 | path(\n    |     ^\n`,
  };
  const text = describeStatus(status({ lastReload }), NOW);
  expect(text).toContain('  last reload 2m ago: failed, generation 2 goes on serving.');
  expect(text.replace(/\s+/g, ' ')).toContain(reason);
  expect(text).toContain('\n\n    > 4 | path(\n        |     ^\n  no workers\n');
  expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

test('a site that has never been served says why', () => {
  useColours(false);
  const lastReload = { at: '2026-01-01T23:58:00Z', ok: false, reason: 'no' };
  expect(describeStatus(status({ lastReload, generation: 0, state: 'failing' }), NOW)).toContain(
    'mysite: failing, generation 0\n  http://127.0.0.1:8000\n  last start 2m ago: failed, the site is not served. no\n  no workers\n',
  );
});

test('nothing that a site is called or says steers the terminal', () => {
  useColours(false);
  const text = describeStatus(
    status({ name: 'a\x1b[2J', addresses: ['unix:/\x07'], state: '\x9b' as never }),
    NOW,
  );
  expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
});

test('states have colours', () => {
  useColours(true);
  const text = describeStatus(status({ state: 'reloading', workers: [{ ...WORKER, state: 'silent' }] }), NOW);
  expect(text).toContain('\x1b[33mreloading\x1b[39m');
  expect(text).toMatch(/\x1b\[31m.*silent\x1b\[39m/);
});
