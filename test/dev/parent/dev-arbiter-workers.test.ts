import { describe, expect, test, vi } from 'vitest';
import { Harness, serving, turns, useFakeTimers } from './_arbiter.ts';

const STACK = 'Error: process.exit(3)\n    at /srv/mysite/mysite/wsgi.ts:1:9';
const RESPAWN_MS = 500;

describe('the spare', () => {
  test('is started when the site is ready, and warmed up when it has booted', async () => {
    const { spare, workers } = await serving();
    expect(workers).toHaveLength(2);
    expect(spare.sent).toEqual([
      { type: 'warm', root: '/srv/mysite', isInspected: false, heritage: { packages: [], entries: [] } },
    ]);
  });

  test('is not activated by its message `booted`', async () => {
    const { spare } = await serving();
    spare.boot();
    expect(spare.all('activate')).toEqual([]);
  });

  test('is warmed up with the packages and files of the last successful load', async () => {
    const harness = new Harness({});
    const first = await harness.start();
    const heritage = { packages: ['file:///p.js'], entries: ['/srv/mysite/mysite/wsgi.ts'] } as never;
    first.boot();
    first.ready(undefined, heritage);
    harness.arbiter.reload();
    const second = await harness.booted(1);
    second.ready({ name: 'Error', message: 'no' });
    expect((await (await harness.booted(2)).got('warm')).heritage).toBe(heritage);
  });

  test('that boots while a load waits for a worker is activated without a warm-up', async () => {
    const harness = await serving();
    harness.arbiter.reload();
    harness.arbiter.reload();
    const third = await harness.worker(2);
    expect(third.sent).toEqual([]);
    third.boot();
    expect(third.sent).toEqual([expect.objectContaining({ type: 'activate' })]);
  });

  test('that dies is replaced when it is needed', async () => {
    const harness = await serving();
    harness.spare.exit({ signal: 'SIGKILL' });
    harness.change('a.ts', '2');
    await (await harness.booted(2)).got('activate');
    expect(harness.report.notices).toEqual([]);
  });

  test('that dies while a load waits for it is replaced after a delay', async () => {
    useFakeTimers();
    const harness = new Harness({});
    const first = await harness.start();
    first.exit({ code: 1 });
    vi.advanceTimersByTime(RESPAWN_MS - 1);
    expect(harness.workers).toHaveLength(1);
    vi.advanceTimersByTime(1);
    const second = await harness.booted(1);
    await second.got('activate');
  });

  test('that dies while a load waits is not replaced again when another load has a worker', async () => {
    const harness = new Harness({});
    const first = await harness.start();
    useFakeTimers();
    first.exit({ code: 1 });
    harness.arbiter.reload();
    const second = await harness.booted(1);
    second.ready();
    vi.advanceTimersByTime(RESPAWN_MS - 1);
    const third = await harness.booted(2);
    vi.advanceTimersByTime(1);
    await harness.connect();
    await turns();
    expect([second.sockets.length, third.all('activate')]).toEqual([1, []]);
  });
});

describe('a retired worker', () => {
  test('is told to retire after it has served, and may finish its requests', async () => {
    const harness = await serving();
    harness.arbiter.reload();
    expect([harness.first.all('retire').length, harness.first.isKilled]).toEqual([1, false]);
  });

  test('gets SIGTERM with its group after the time limit, and then is killed', async () => {
    const harness = await serving();
    useFakeTimers();
    harness.arbiter.reload();
    vi.advanceTimersByTime(9_999);
    expect([harness.first.isTerminated, harness.first.isKilled]).toEqual([false, false]);
    vi.advanceTimersByTime(1);
    expect([harness.first.isTerminated, harness.first.isKilled]).toEqual([true, false]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(harness.first.isKilled).toBe(true);
  });

  test("has time for the site's handlers after it has answered", async () => {
    const harness = await serving();
    useFakeTimers();
    harness.arbiter.reload();
    harness.first.say({ type: 'retiring' });
    vi.advanceTimersByTime(10_000 + 3_000 + 499);
    expect(harness.first.isTerminated).toBe(false);
    vi.advanceTimersByTime(1);
    expect(harness.first.isTerminated).toBe(true);
  });

  test('must end at once when it has not served', async () => {
    const harness = await serving();
    harness.arbiter.reload();
    harness.arbiter.reload();
    expect(harness.spare.all('retire')).toEqual([{ type: 'retire', drainMs: 0, signal: 'SIGTERM' }]);
  });

  test('must end at once when there are three newer ones', async () => {
    const harness = await serving();
    for (let n = 1; n <= 4; n++) {
      harness.arbiter.reload();
      const next = await harness.booted(n);
      await next.got('activate');
      harness.load(next, 'a.ts');
      await turns();
    }
    const [oldest, ...others] = harness.workers.map((worker) =>
      worker.all('retire').map(({ drainMs }) => drainMs),
    );
    expect([oldest, others.slice(0, 3)]).toEqual([
      [10_000, 0],
      [[10_000], [10_000], [10_000]],
    ]);
  });

  test('can still report its requests', async () => {
    const harness = await serving();
    harness.arbiter.reload();
    const facts = { method: 'GET', target: '/', httpVersion: '1.1', status: 200, bytes: 1, durationMs: 2 };
    harness.first.say({ type: 'answered', answered: [facts] });
    expect(harness.report.requests).toEqual([facts]);
  });

  test('ends without a notice', async () => {
    const harness = await serving();
    harness.arbiter.reload();
    harness.first.exit();
    harness.spare.ready();
    expect([harness.report.notices, harness.report.loads.length]).toEqual([[], 2]);
  });
});

describe('a worker that holds a port of the site', () => {
  test('releases the port before the next worker loads', async () => {
    const harness = await serving();
    harness.first.say({ type: 'holding', isHolding: true });
    harness.arbiter.reload();
    await turns();
    expect([harness.first.all('retire').length, harness.spare.isActivated]).toEqual([1, false]);
    harness.first.say({ type: 'holding', isHolding: false });
    expect(harness.spare.isActivated).toBe(true);
  });

  test('has released the port when it has ended', async () => {
    const harness = await serving();
    harness.first.say({ type: 'holding', isHolding: true });
    harness.arbiter.reload();
    harness.first.exit();
    await harness.spare.got('activate');
  });

  test('and has ended by itself delays no request', async () => {
    const harness = await serving();
    harness.first.say({ type: 'holding', isHolding: true });
    harness.first.exit({ code: 3 });
    await turns();
    await harness.connect();
    await harness.spare.got('activate');
  });

  test('may cause a load to fail, which is repeated after the others have ended', async () => {
    const harness = await serving();
    harness.arbiter.reload();
    await harness.spare.got('activate');
    const failure = { name: 'Error', message: 'listen EADDRINUSE' };
    harness.spare.say({ type: 'ready', failure, heritage: { packages: [], entries: [] }, isPortTaken: true });
    const third = await harness.booted(2);
    await turns();
    expect(third.isActivated).toBe(false);
    harness.first.exit();
    await third.got('activate');
    third.say({ type: 'ready', failure, heritage: { packages: [], entries: [] }, isPortTaken: true });
    expect(harness.report.loads.at(-1)).toMatchObject({ generation: 3, failure });
  });

  test('may have ended before the cause of the failure is known, and the load is repeated once', async () => {
    const harness = await serving();
    harness.arbiter.reload();
    await harness.spare.got('activate');
    harness.first.exit();
    await turns();
    const failure = { name: 'Error', message: 'bind EADDRINUSE' };
    harness.spare.say({ type: 'ready', failure, heritage: { packages: [], entries: [] }, isPortTaken: true });
    harness.spare.exit();
    const third = await harness.booted(2);
    await third.got('activate');
    expect(harness.report.loads.some((load) => load.failure)).toBe(false);
    third.say({ type: 'ready', failure, heritage: { packages: [], entries: [] }, isPortTaken: true });
    expect(harness.report.loads.at(-1)).toMatchObject({ failure });
  });

  test('is not the cause of a later failure when there is no other worker, so the failure is reported', async () => {
    const harness = await serving();
    harness.first.say({ type: 'port-taken', text: 'listen EADDRINUSE' });
    await turns();
    expect([harness.report.notices, harness.spare.isActivated]).toEqual([['listen EADDRINUSE'], false]);
  });
});

describe('a worker that cannot start', () => {
  test('is reported once with the reason, and is started again', async () => {
    useFakeTimers();
    const harness = new Harness({});
    const first = await harness.start();
    first.exit({ code: null, error: new Error('spawn node EMFILE') });
    vi.advanceTimersByTime(RESPAWN_MS);
    (await harness.worker(1)).exit({ code: null, error: new Error('spawn node EMFILE') });
    vi.advanceTimersByTime(2 * RESPAWN_MS);
    expect(harness.report.notices).toEqual([expect.stringMatching(/EMFILE.*ulimit -n.*tries again/)]);
    (await harness.worker(2)).exit({ signal: 'SIGABRT' });
    expect(harness.report.notices.at(-1)).toMatch(/was ended by SIGABRT before it could load anything/);
    vi.advanceTimersByTime(4 * RESPAWN_MS);
    await (await harness.booted(3)).got('activate');
  });

  test('is started again after increasing delays of up to 8 s, and at once for another load', async () => {
    useFakeTimers();
    const harness = new Harness({});
    await harness.start();
    const delays = [500, 1_000, 2_000, 4_000, 8_000, 8_000];
    for (const [index, delay] of delays.entries()) {
      (await harness.worker(index)).exit({ code: 1 });
      vi.advanceTimersByTime(delay - 1);
      expect(harness.workers).toHaveLength(index + 1);
      vi.advanceTimersByTime(1);
    }
    (await harness.worker(delays.length)).exit({ code: 1 });
    harness.arbiter.reload();
    (await harness.worker(delays.length + 1)).exit({ code: 1 });
    vi.advanceTimersByTime(RESPAWN_MS);
    await harness.worker(delays.length + 2);
  });
});

describe('a worker that does not finish its start', () => {
  const HANG_MS = 5_000;

  test('is reported, and the next load uses another worker', async () => {
    useFakeTimers();
    const harness = new Harness({});
    const first = await harness.start();
    vi.advanceTimersByTime(HANG_MS - 1);
    expect(harness.report.notices).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(harness.report.notices).toEqual([
      expect.stringMatching(/has not started after 5 s.*package\.json/),
    ]);
    harness.arbiter.reload();
    expect(first.isKilled).toBe(true);
    const second = await harness.worker(1);
    vi.advanceTimersByTime(HANG_MS);
    expect(harness.report.notices).toHaveLength(2);
    harness.arbiter.reload();
    expect(second.isKilled).toBe(true);
    const third = await harness.booted(2);
    await third.got('activate');
    vi.advanceTimersByTime(HANG_MS);
    expect(harness.report.notices).toHaveLength(2);
  });
});

describe('a worker that ends while it loads', () => {
  test('is replaced by another worker with a page about the failure', async () => {
    const harness = await serving();
    harness.change('a.ts', 'process.exit(3)');
    await harness.spare.got('activate');
    harness.spare.say({ type: 'exiting', code: 3, stack: STACK });
    harness.spare.exit({ code: 3 });
    const third = await harness.booted(2);
    expect((await third.got('activate')).failure).toEqual({
      name: 'Exit',
      message: "The site's process exited with code 3.",
      hint: expect.stringContaining('process.exit() ends all requests'),
      stack: STACK,
    });
  });

  test('by a signal has no code at fault', async () => {
    const harness = await serving();
    harness.arbiter.reload();
    harness.spare.exit({ signal: 'SIGSEGV' });
    const { failure } = await (await harness.booted(2)).got('activate');
    expect(failure).toEqual({
      name: 'Exit',
      message: "The site's process was ended by SIGSEGV.",
      hint: undefined,
      stack: undefined,
    });
  });

  test('is reported with the change that caused it', async () => {
    const harness = await serving();
    harness.change('a.ts', 'process.exit(3)');
    await harness.spare.got('activate');
    harness.spare.exit({ code: 3 });
    const third = await harness.booted(2);
    const { failure } = await third.got('activate');
    third.ready(failure);
    expect(harness.report.loads.at(-1)).toMatchObject({ changed: [harness.path('a.ts')], failure });
  });

  test('is fixed by the next change', async () => {
    const harness = await serving();
    harness.change('a.ts', 'process.exit(3)');
    await harness.spare.got('activate');
    harness.read(harness.spare, 'a.ts');
    harness.spare.exit({ code: 3 });
    const third = await harness.booted(2);
    const { failure } = await third.got('activate');
    third.ready(failure);
    const fourth = await harness.booted(3);
    harness.change('a.ts', '1');
    expect((await fourth.got('activate')).failure).toBeUndefined();
  });

  test('is reported with its own exit stack, also when another worker ends in between', async () => {
    const harness = await serving();
    harness.arbiter.reload();
    harness.spare.say({ type: 'exiting', code: 3, stack: STACK });
    harness.first.exit();
    harness.spare.exit({ code: 3 });
    expect((await (await harness.booted(2)).got('activate')).failure!.stack).toBe(STACK);
  });

  test('is not reported with the exit stack of the worker before', async () => {
    const harness = await serving();
    harness.first.say({ type: 'exiting', code: 3, stack: STACK });
    harness.arbiter.reload();
    harness.spare.exit({ signal: 'SIGSEGV' });
    expect((await (await harness.booted(2)).got('activate')).failure!.stack).toBeUndefined();
  });
});

describe('a worker that is killed while it loads', () => {
  test('is replaced by another, since the system may kill a spare at any time', async () => {
    const harness = await serving();
    harness.change('a.ts', '2');
    await harness.spare.got('activate');
    harness.spare.exit({ signal: 'SIGKILL' });
    const { failure, touched } = await (await harness.booted(2)).got('activate');
    expect([failure, touched]).toEqual([undefined, [harness.path('a.ts')]]);
  });

  test('is reported when that happens twice', async () => {
    const harness = await serving();
    harness.arbiter.reload();
    harness.spare.exit({ signal: 'SIGKILL' });
    const second = await harness.booted(2);
    await second.got('activate');
    second.exit({ signal: 'SIGKILL' });
    const { failure } = await (await harness.booted(3)).got('activate');
    expect(failure!.message).toBe("The site's process was ended by SIGKILL.");
  });
});

describe('a worker that ends while it serves', () => {
  test('is reported, and not restarted at once', async () => {
    const harness = await serving();
    harness.first.exit({ code: 1 });
    await turns();
    expect(harness.report.failures.map(({ message }) => message)).toEqual([
      "The site's process exited with code 1. The next request starts it again.",
    ]);
    expect(harness.spare.all('activate')).toEqual([]);
  });

  test('is replaced at the next connection', async () => {
    const harness = await serving();
    harness.first.exit({ signal: 'SIGKILL' });
    await harness.connect();
    await harness.spare.got('activate');
    harness.load(harness.spare, 'a.ts');
    await harness.spare.got('connection');
  });

  test('is replaced at once when a connection waits for it', async () => {
    const harness = await serving();
    harness.first.hangsAt = 'somewhere'; // so it does not say that it has begun
    await harness.connect();
    await harness.first.got('connection');
    await harness.connect();
    await turns();
    harness.first.exit({ code: 1 });
    await harness.spare.got('activate');
    harness.load(harness.spare, 'a.ts');
    await harness.spare.got('connection');
    expect(harness.report.failures[0]!.message).toBe(
      "The site's process exited with code 1. It is started again.",
    );
  });

  test('twice before its first request is replaced by a page about it', async () => {
    const harness = await serving();
    for (let number = 0; number < 2; number++) {
      const worker = harness.workers[number]!;
      worker.hangsAt = 'somewhere'; // so it does not receive the connection
      if (number > 0) {
        expect((await worker.got('activate')).failure).toBeUndefined();
        harness.load(worker, 'a.ts');
      }
      await harness.connect();
      await worker.got('connection');
      await harness.connect();
      await turns();
      worker.exit({ code: 1 });
      await harness.booted(number + 1);
    }
    const { failure } = await harness.workers[2]!.got('activate');
    expect(failure!.message).toBe("The site's process exited with code 1.");
    expect(harness.report.failures).toHaveLength(1);
  });

  describe('makes the arbiter answer its open request', () => {
    const REQUEST = {
      method: 'GET',
      target: '/die/?x',
      httpVersion: '1.1',
      isHtml: false,
      maySeeFacts: true,
      mayOpenEditor: false,
    };

    /** What the client gets, to the end of its connection. */
    async function answerFor(
      request: Partial<typeof REQUEST>,
      exit: { code?: number; signal?: 'SIGKILL' } = { code: 3 },
    ) {
      const harness = await serving();
      const client = await harness.connect();
      await harness.first.got('connection');
      harness.first.say({ type: 'asked', id: 1, request: { ...REQUEST, ...request } });
      harness.first.say({ type: 'exiting', code: 3, stack: STACK });
      harness.first.exitUnanswered(1, exit);
      const text = String(Buffer.concat(await client.toArray()));
      return { harness, text };
    }

    test('with status 502, the reason and a line in the log', async () => {
      const { harness, text } = await answerFor({});
      expect(text).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n.*text\/plain.*\r\nConnection: close\r\n\r\n/s);
      expect(text).toContain("The site's process exited with code 3.");
      expect(harness.report.requests).toEqual([
        expect.objectContaining({ method: 'GET', target: '/die/?x', status: 502, bytes: expect.any(Number) }),
      ]);
    });

    test('with an HTML page when the client accepts HTML', async () => {
      const { text } = await answerFor({ isHtml: true });
      expect(text).toMatch(/text\/html.*<!doctype html>.*exited with code 3\./s);
    });

    test('without details when the client may see none', async () => {
      for (const isHtml of [true, false]) {
        const { text } = await answerFor({ isHtml, maySeeFacts: false });
        expect(text).toContain('The terminal of the server shows the reason.');
        expect(text).not.toMatch(/exited|wsgi\.ts/);
      }
    });

    test('without a body for HEAD', async () => {
      const { text } = await answerFor({ method: 'HEAD' });
      expect(text).toMatch(/^HTTP\/1\.1 502 .*\r\n\r\n$/s);
    });
  });

  test('closes a connection whose request the site did not get, or had answered', async () => {
    const harness = await serving();
    const client = await harness.connect();
    await harness.first.got('connection');
    harness.first.exitUnanswered(1);
    expect(await client.toArray()).toEqual([]);
    expect(harness.report.requests).toEqual([]);
  });

  test('is replaced by one other worker, however many connections arrive', async () => {
    const harness = await serving();
    harness.first.exit({ signal: 'SIGKILL' });
    for (let i = 0; i < 3; i++) await harness.connect();
    await harness.spare.got('activate');
    await turns();
    harness.load(harness.spare, 'a.ts');
    expect([harness.spare.all('activate').length, harness.spare.sockets.length]).toEqual([1, 3]);
  });

  test('is replaced at the next change', async () => {
    const harness = await serving();
    harness.first.exit({ code: 1 });
    harness.change('a.ts', '2');
    await harness.spare.got('activate');
  });

  test('is not replaced when a file has an event without a change', async () => {
    const harness = await serving();
    useFakeTimers();
    harness.first.exit({ code: 1 });
    harness.touch('a.ts');
    vi.advanceTimersByTime(1_000);
    expect(harness.spare.all('activate')).toEqual([]);
  });
});
