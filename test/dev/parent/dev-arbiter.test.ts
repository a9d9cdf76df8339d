import { writeFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { contentHash } from '../../../src/loader/sources/content-hash.ts';
import { Harness, SITE, serving, turns, useFakeTimers } from './_arbiter.ts';

const BROKEN = { name: 'SyntaxError', message: 'no' };

describe('the first load', () => {
  test('begins at once, and the worker gets its orders when it has booted', async () => {
    const harness = new Harness({});
    const first = await harness.start();
    expect(first.sent).toEqual([expect.objectContaining({ type: 'activate', site: SITE, touched: [] })]);
    expect(first.all('activate')[0]!.failure).toBeUndefined();
    first.boot();
    expect(first.all('activate')).toHaveLength(1);
    expect(first.all('warm')).toEqual([]);
  });

  test('delays connections until the site is ready, and then dispatches them in order', async () => {
    const harness = new Harness({});
    const first = await harness.start();
    await harness.connect('one');
    await turns();
    first.boot();
    await harness.connect('two');
    await turns();
    expect(first.sockets).toEqual([]);
    first.ready();
    expect(first.all('connection').map(({ head }) => head)).toEqual(['one', 'two']);
    expect(first.sockets).toHaveLength(2);
  });

  test('is reported with its number and its duration', async () => {
    const harness = new Harness({});
    const first = await harness.start();
    first.boot();
    first.ready();
    expect(harness.report.loads).toEqual([
      { generation: 1, ms: expect.any(Number), changed: [], failure: undefined },
    ]);
  });

  test('that takes long is reported once', async () => {
    useFakeTimers();
    const harness = new Harness({});
    const first = await harness.start();
    first.boot();
    vi.advanceTimersByTime(2_999);
    expect(harness.report.slow).toEqual([]);
    vi.advanceTimersByTime(60_000);
    expect(harness.report.slow).toEqual([3_000]);
  });

  test('that ends in time is not reported as long', async () => {
    useFakeTimers();
    const harness = new Harness({});
    const first = await harness.start();
    first.boot();
    first.ready();
    vi.advanceTimersByTime(60_000);
    expect(harness.report.slow).toEqual([]);
  });
});

test("reports the site's URLs once, after the load", async () => {
  const harness = new Harness({});
  const first = await harness.start();
  first.boot();
  harness.arbiter.showUrls();
  expect(first.all('show-urls')).toEqual([]);
  first.ready();
  expect(first.all('show-urls')).toHaveLength(1);
  harness.arbiter.showUrls();
  expect(first.all('show-urls')).toHaveLength(2);
});

describe('the gate', () => {
  test('dispatches a connection at once, with the bytes that were read from it', async () => {
    const { connect, first } = await bound();
    await connect('GET /\xfc HTTP/1.1\r\n\r\n');
    const { head } = await first.got('connection');
    expect(Buffer.from(head, 'latin1').toString()).toBe('GET /\xfc HTTP/1.1\r\n\r\n');
  });

  test('does not send a connection to outdated code after a change', async () => {
    const { harness, connect, first, spare } = await bound();
    harness.change('a.ts', '2');
    await connect();
    await spare.got('activate');
    harness.load(spare, 'a.ts');
    await spare.got('connection');
    expect(first.sockets).toEqual([]);
  });

  test('stays open after a file was written with the same content', async () => {
    const { harness, connect, first } = await bound();
    harness.change('a.ts', '1');
    await connect();
    await first.got('connection');
  });

  test('finds changes itself for files that no watcher covers', async () => {
    const { harness, connect, spare } = await bound();
    harness.watcher.covers = false;
    harness.arbiter.reload();
    harness.load(spare, 'a.ts', 'new.ts');
    writeFileSync(harness.path('new.ts'), '');
    await connect();
    expect((await (await harness.booted(2)).got('activate')).touched).toContain(harness.path('new.ts'));
  });

  test('waits while a file is being written', async () => {
    const { harness, connect, first, spare } = await bound();
    useFakeTimers();
    harness.change('a.ts', '');
    await connect();
    await turns();
    vi.advanceTimersByTime(30);
    expect([first.sockets, spare.all('activate')]).toEqual([[], []]);
    writeFileSync(harness.path('a.ts'), '2');
    vi.advanceTimersByTime(5);
    await spare.got('activate');
  });

  test('dispatches connections to a site with an error, which answers with the failure', async () => {
    const harness = new Harness({});
    const first = await harness.start();
    await harness.connect();
    await turns();
    first.boot();
    first.ready(BROKEN);
    await first.got('connection');
    expect(harness.report.loads[0]!.failure).toBe(BROKEN);
  });

  test('finds a change in a file that a failed load did not read, without an event', async () => {
    const harness = new Harness({ 'a.ts': '1', 'b.ts': '1' });
    const first = await harness.start();
    harness.watcher.covers = false;
    first.boot();
    harness.load(first, 'a.ts', 'b.ts');
    const second = await harness.booted(1);
    for (const name of ['a.ts', 'b.ts']) writeFileSync(harness.path(name), 'changed');
    await harness.connect();
    await second.got('activate');
    harness.read(second, 'a.ts');
    second.ready(BROKEN);
    await second.got('connection');
  });
});

describe('a change', () => {
  test('is loaded without a request', async () => {
    const { harness, spare } = await bound();
    harness.change('a.ts', '2');
    await spare.got('activate');
  });

  test('is reported with the load that it caused', async () => {
    const { harness, spare } = await bound();
    harness.change('a.ts', '2');
    await spare.got('activate');
    harness.load(spare, 'a.ts');
    expect(harness.report.loads.at(-1)).toMatchObject({ generation: 2, changed: [harness.path('a.ts')] });
  });

  test('of several files at the same time is one load', async () => {
    const { harness, spare } = await bound({ 'a.ts': '1', 'b.ts': '1' });
    harness.change('a.ts', '2');
    harness.change('b.ts', '2');
    await spare.got('activate');
    harness.load(spare, 'a.ts', 'b.ts');
    const changed = ['a.ts', 'b.ts'].map((name) => harness.path(name));
    expect(harness.report.loads.at(-1)).toMatchObject({ generation: 2, changed });
  });

  test('of a file outside of the site has no effect', async () => {
    const { harness, connect, first, spare } = await bound();
    harness.change('notes.txt', 'x');
    await connect();
    await first.got('connection');
    expect(spare.all('activate')).toEqual([]);
  });

  test('during a load ends that load and begins another', async () => {
    const harness = new Harness({ 'a.ts': '1' });
    const first = await harness.start();
    first.boot();
    harness.read(first, 'a.ts');
    await harness.connect();
    useFakeTimers();
    harness.change('a.ts', '2');
    for (const ms of [10, 1_000, 1_000]) {
      vi.advanceTimersByTime(ms);
      await turns();
    }
    await first.killed();
    const second = await harness.booted(1);
    await second.got('activate');
    harness.load(second, 'a.ts');
    await second.got('connection');
  });

  test("during a load makes the old load's messages have no effect", async () => {
    const harness = new Harness({ 'a.ts': '1' });
    const first = await harness.start();
    first.boot();
    harness.read(first, 'a.ts');
    await harness.connect();
    useFakeTimers();
    harness.change('a.ts', '2');
    for (const ms of [10, 1_000, 1_000]) {
      vi.advanceTimersByTime(ms);
      await turns();
    }
    await first.killed();
    first.ready();
    await turns();
    expect([first.sockets, harness.report.loads]).toEqual([[], []]);
  });

  test('of a new file between its reading and its report is found', async () => {
    const { harness, connect, first, spare } = await bound();
    writeFileSync(harness.path('late.ts'), '2');
    const files = [[harness.path('late.ts'), contentHash('1')]] as const;
    first.say({ type: 'files', files, since: Date.now(), isAhead: false });
    await connect();
    await spare.got('activate');
    expect(first.sockets).toEqual([]);
  });

  test('of a file that is imported later is loaded', async () => {
    const { harness, first, spare } = await bound({ 'a.ts': '1', 'late.ts': '1' }, ['a.ts']);
    harness.read(first, 'late.ts');
    expect(harness.watcher.calls.at(-1)).toContain(harness.path('late.ts'));
    harness.change('late.ts', '2');
    await spare.got('activate');
  });

  test('is sent to the spare if it came after the start of the spare', async () => {
    const { harness, spare } = await bound({ 'a.ts': '1', 'b.ts': '1' });
    harness.touch('b.ts');
    harness.change('a.ts', '2');
    const { touched } = await spare.got('activate');
    expect(new Set(touched)).toEqual(new Set([harness.path('a.ts'), harness.path('b.ts')]));
  });

  test('is detected for files that the spare has read ahead, which are reported again', async () => {
    const { harness, connect, spare } = await bound({ 'a.ts': '1', 'b.ts': '1' });
    harness.read(spare, 'a.ts', 'b.ts');
    harness.change('a.ts', '2');
    await spare.got('activate');
    harness.load(spare, 'a.ts');
    await connect();
    await spare.got('connection');
    harness.change('b.ts', '2');
    const next = await harness.worker(2);
    next.boot();
    expect((await next.got('activate')).touched).toEqual([harness.path('b.ts')]);
  });

  test('is not awaited when a reload is requested', async () => {
    const { harness, spare } = await bound();
    harness.arbiter.reload();
    expect(spare.all('activate')).toHaveLength(1);
  });
});

/** A site that is served, with the parts that most tests ask for. */
async function bound(files?: Record<string, string>, read?: readonly string[]) {
  const harness = await serving(files, read);
  const { first, spare } = harness;
  return { harness, first, spare, connect: (request?: string) => harness.connect(request) };
}

describe('a request that waits while a file changes repeatedly', () => {
  /** The third worker loads what the file was after the request came. */
  async function waiting() {
    const harness = await serving();
    useFakeTimers();
    harness.change('a.ts', '2');
    await harness.connect();
    await harness.spare.got('activate');
    vi.advanceTimersByTime(1);
    harness.change('a.ts', '3');
    vi.advanceTimersByTime(10);
    const third = await harness.booted(2);
    await third.got('activate');
    harness.read(third, 'a.ts');
    return Object.assign(harness, { third });
  }

  test('is answered by a load that began after its arrival, before the next load', async () => {
    const harness = await waiting();
    vi.advanceTimersByTime(400);
    harness.change('a.ts', '4');
    vi.advanceTimersByTime(10);
    await turns();
    expect(harness.third.all('retire')).toEqual([]);
    harness.third.ready();
    expect([harness.third.sockets.length, harness.third.all('retire').length]).toEqual([1, 1]);
  });

  test('waits for the newest content at first', async () => {
    const harness = await waiting();
    harness.change('a.ts', '4');
    vi.advanceTimersByTime(10);
    await turns();
    expect(harness.third.all('retire')).toHaveLength(1);
  });

  test('does not wait for a load that does not end', async () => {
    const harness = await waiting();
    vi.advanceTimersByTime(2_000);
    harness.change('a.ts', '4');
    vi.advanceTimersByTime(10);
    await turns();
    expect(harness.third.all('retire')).toHaveLength(1);
  });

  test('gets no error page while another load may succeed', async () => {
    const harness = await waiting();
    vi.advanceTimersByTime(400);
    harness.change('a.ts', '4');
    vi.advanceTimersByTime(10);
    await turns();
    harness.third.ready(BROKEN);
    expect([harness.third.sockets.length, harness.third.all('retire').length]).toEqual([0, 1]);
  });
});

test('types are not checked between a save and the first answer', async () => {
  const harness = await serving({ 'a.ts': '1' });
  const { first, spare, types } = harness;
  const answered = [
    { method: 'GET', target: '/', httpVersion: '1.1', status: 200, bytes: 2, durationMs: 1 },
  ] as const;
  types.length = 0;
  harness.change('a.ts', '2');
  await spare.got('activate');
  spare.ready();
  first.say({ type: 'answered', answered });
  spare.say({ type: 'free', answered: [] });
  expect(types).toEqual(['pause', 'loaded']);
  spare.say({ type: 'answered', answered });
  expect(types).toEqual(['pause', 'loaded', 'resume']);
});
