import { describe, expect, test, vi } from 'vitest';
import { Harness, SITE, serving, turns, useFakeTimers } from './_arbiter.ts';

const STACK = '    at spin (/srv/mysite/mysite/urls.ts:2:3)';
const SILENCE_MS = 2_500;

describe('a worker that has a connection and does not answer', () => {
  async function hanging() {
    const harness = await serving();
    harness.first.hangsAt = STACK;
    useFakeTimers();
    await harness.connect();
    await harness.first.got('connection');
    return harness;
  }

  test('gets no further connection; the next worker gets them', async () => {
    const harness = await hanging();
    for (let n = 0; n < 3; n++) await harness.connect();
    await turns();
    expect(harness.first.sockets).toHaveLength(1);
    vi.advanceTimersByTime(SILENCE_MS);
    await harness.spare.got('activate');
    harness.load(harness.spare, 'a.ts');
    await turns();
    expect(harness.spare.sockets).toHaveLength(3);
  });

  test('is reported once, and is ended after its time limit', async () => {
    const harness = await hanging();
    vi.advanceTimersByTime(SILENCE_MS);
    await harness.spare.got('activate');
    harness.load(harness.spare, 'a.ts');
    vi.advanceTimersByTime(20);
    await harness.booted(2);
    expect(harness.report.failures).toEqual([expect.objectContaining({ name: 'Stuck', stack: STACK })]);
    expect([harness.first.all('retire').length, harness.first.isKilled]).toEqual([1, false]);
    vi.advanceTimersByTime(29_999);
    expect(harness.first.isKilled).toBe(false);
    vi.advanceTimersByTime(1);
    expect([harness.first.isTerminated, harness.first.isKilled]).toEqual([true, false]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([harness.first.isKilled, harness.report.failures.length]).toEqual([true, 1]);
    harness.first.exit({ signal: 'SIGKILL' });
    expect(harness.report.notices).toEqual([
      expect.stringMatching(/was ended: a request kept it busy for 30 s more/),
    ]);
  });

  test('is reported once and not ended when it shows no stack, as at a breakpoint', async () => {
    const harness = await hanging();
    vi.spyOn(harness.first, 'whereabouts').mockResolvedValue({ rest: 'It is stopped.' });
    vi.advanceTimersByTime(60_000);
    await turns();
    expect(harness.report.notices).toEqual([
      expect.stringMatching(/has answered no request for 2\.5 s; requests wait for it\. It is stopped\.$/),
    ]);
    expect(harness.spare.all('activate')).toEqual([]);
  });

  test('is not replaced when it answers while its stack is read', async () => {
    const harness = await hanging();
    vi.advanceTimersByTime(SILENCE_MS);
    harness.first.say({ type: 'pong', openRequests: 1 });
    await turns();
    expect([harness.report.notices, harness.spare.all('activate')]).toEqual([[], []]);
  });

  test('gets no pings when a debugger may attach', async () => {
    const harness = new Harness({});
    useFakeTimers();
    const first = await harness.start({ ...SITE, inspect: '127.0.0.1:9229' });
    first.boot();
    first.ready();
    await harness.connect();
    await first.got('connection');
    vi.advanceTimersByTime(60_000);
    expect(first.all('ping')).toEqual([]);
  });
});

describe('a load that takes long', () => {
  /** Ten seconds and more after it began. */
  async function loadingLong(hangsAt?: string) {
    const harness = await serving();
    const second = harness.spare;
    second.hangsAt = hangsAt;
    useFakeTimers();
    harness.change('a.ts', '2');
    vi.advanceTimersByTime(10);
    await second.got('activate');
    harness.read(second, 'a.ts');
    vi.advanceTimersByTime(3_000);
    await turns();
    vi.advanceTimersByTime(7_000);
    const standIn = await harness.booted(2);
    const { failure } = await standIn.got('activate');
    standIn.ready(failure);
    return Object.assign(harness, { second, standIn, failure });
  }

  test('is reported with the place of the code that blocks it', async () => {
    const { report, failure } = await loadingLong(STACK);
    expect([report.slow, report.slowPlaces]).toEqual([[3_000], [{ stack: STACK }]]);
    expect(failure!.message).toMatch(/^mysite\/urls\.ts:2:3: the site is still loading after 10 s/);
  });

  test('is reported without a place when it waits', async () => {
    const { report, failure } = await loadingLong();
    expect(report.slowPlaces).toEqual([{}]);
    expect(failure!.message).toMatch(/a module waits/);
  });

  test('continues while a page about it is served, and replaces that page at its end', async () => {
    const harness = await loadingLong(STACK);
    await harness.connect();
    await harness.standIn.got('connection');
    expect(harness.second.isKilled).toBe(false);
    harness.second.hangsAt = undefined;
    harness.second.ready();
    await harness.connect();
    await harness.second.got('connection');
    expect(harness.standIn.all('retire')).toHaveLength(1);
    expect(harness.report.loads.at(-1)).toMatchObject({
      generation: 2,
      changed: [harness.path('a.ts')],
      failure: undefined,
    });
  });

  test('ends at the next change', async () => {
    const harness = await loadingLong(STACK);
    harness.change('a.ts', '3');
    vi.advanceTimersByTime(10);
    await (await harness.booted(3)).got('activate');
    expect([harness.second, harness.standIn].map((worker) => worker.all('retire').length)).toEqual([1, 1]);
  });

  test('whose process ends by itself is reported with the reason', async () => {
    const harness = await loadingLong(STACK);
    harness.second.exit({ signal: 'SIGABRT' });
    const { failure } = await (await harness.booted(3)).got('activate');
    expect(failure!.name).toBe('OutOfMemory');
  });
});
