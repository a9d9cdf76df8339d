import { rmSync, writeFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Freshness } from '../../../src/dev/changes/freshness.ts';
import { stateOf } from '../../../src/loader/sources/source-files.ts';
import { Harness, serving, turns } from './_arbiter.ts';

const BROKEN = { name: 'SyntaxError', message: 'no' };

describe('the watcher', () => {
  test('watches all files that the site was loaded from', async () => {
    const harness = await serving({ 'a.ts': '1', 'b.ts': '1' });
    expect(harness.watcher.calls).toEqual([[harness.path('a.ts'), harness.path('b.ts')]]);
  });

  test('does not watch files that a successful load does not need', async () => {
    const harness = await serving({ 'a.ts': '1', 'b.ts': '1' });
    const { spare } = harness;
    harness.arbiter.reload();
    harness.load(spare, 'a.ts');
    expect(harness.watcher.calls.at(-1)).toEqual([harness.path('a.ts')]);
  });

  test('still watches the files of the last successful load after a failed one', async () => {
    const harness = await serving({ 'a.ts': '1', 'b.ts': '1' });
    const { spare } = harness;
    harness.arbiter.reload();
    harness.read(spare, 'a.ts');
    spare.ready(BROKEN);
    expect(harness.watcher.calls.at(-1)).toEqual([harness.path('a.ts'), harness.path('b.ts')]);
  });

  test('reports the missing file whose creation fixes a failed load', async () => {
    const harness = await serving({ 'a.ts': '1' });
    const { spare } = harness;
    rmSync(harness.path('a.ts'));
    harness.touch('a.ts');
    await spare.got('activate');
    harness.read(spare, 'a.ts');
    spare.ready(BROKEN);
    const third = await harness.booted(2);
    harness.change('a.ts', '1');
    await third.got('activate');
  });

  test.each([
    ['ENOSPC', /^No more inotify watches for \/srv\/a\. Raise the limit: sysctl .*--poll\.$/],
    ['EMFILE', /^Too many open files to watch \/srv\/a\. Raise the limit with ulimit -n, or use --poll\.$/],
    ['EIO', /^Cannot watch \/srv\/a: made up\. Changes there are noticed with the next request\.$/],
  ])('that cannot watch for %s gives advice', async (code, message) => {
    const harness = await serving();
    harness.watcher.events.onError(Object.assign(new Error('made up'), { code }), '/srv/a');
    expect(harness.report.notices).toEqual([expect.stringMatching(message)]);
  });

  test('that loses a folder reports it, and the gate checks its files', async () => {
    const harness = await serving();
    const { first, spare } = harness;
    harness.watcher.covers = false;
    harness.watcher.events.onError(Object.assign(new Error('made up'), { code: 'EIO' }), harness.root);
    writeFileSync(harness.path('a.ts'), '2');
    await harness.connect();
    await turns();
    expect([spare.all('activate').length, first.sockets]).toEqual([1, []]);
  });
});

describe('a file that no watcher covers', () => {
  /** A site whose checks seem to take so much of a core that they have to rest, for 100 ms. */
  async function unwatched() {
    let spent = 0;
    const usage = vi.spyOn(process, 'cpuUsage').mockImplementation(() => {
      spent += 20_000;
      return { user: spent, system: 0 };
    });
    onTestFinished(() => usage.mockRestore());
    const files = { 'a.ts': '1', 'b.ts': '1' };
    const harness = await serving(files, [], { covers: false });
    harness.read(harness.first, ...Object.keys(files));
    return harness;
  }

  test('is checked before a connection that arrives during a rest of the checks is answered', async () => {
    const harness = await unwatched();
    const { first, spare } = harness;
    await harness.connect();
    await expect.poll(() => first.sockets.length).toBe(1);
    writeFileSync(harness.path('b.ts'), '2');
    await harness.connect();
    const { touched } = await spare.got('activate');
    expect(touched).toEqual([harness.path('b.ts')]);
    expect(first.sockets).toHaveLength(1);
  });

  test('is checked once for all waiting connections, although a worker takes one at a time', async () => {
    const harness = await unwatched();
    const { first } = harness;
    first.isFree = false;
    const say = first.say.bind(first);
    first.say = (message) => void setImmediate(() => say(message)); // As over a real channel.
    for (let i = 0; i < 20; i++) await harness.connect();
    await harness.connect();
    const look = vi.spyOn(Freshness.prototype, 'look');
    onTestFinished(() => look.mockRestore());
    await turns();
    first.say({ type: 'free', answered: [] });
    await expect.poll(() => first.sockets.length).toBe(21);
    expect(look.mock.results.filter(({ value }) => value === 0).length).toBeLessThanOrEqual(3);
  });

  test('is checked again when more files become known after the arrival of a connection', async () => {
    const harness = new Harness({ 'a.ts': '1' });
    const first = await harness.start();
    harness.watcher.covers = false;
    first.boot();
    const read = stateOf(harness.path('a.ts'));
    writeFileSync(harness.path('a.ts'), '2');
    await harness.connect();
    await turns();
    first.say({
      type: 'files',
      files: [[harness.path('a.ts'), read]],
      since: Date.now() - 1_000,
      isAhead: false,
    });
    first.ready();
    const second = await harness.booted(1);
    await second.got('activate');
    expect(first.sockets).toEqual([]);
  });
});
