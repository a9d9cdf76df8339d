import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createNotifier, type NotifierOptions } from '../../../src/production/binding/notifier.ts';
import { temporaryFolder } from '../../_temp-folder.ts';
import { describeWith, PYTHON, SYSTEMD_NOTIFY } from '../../e2e/_real-parts.ts';

vi.setConfig({ testTimeout: 30_000 });

describeWith(PYTHON, (python) => {
  describeWith(SYSTEMD_NOTIFY, () => {
    /** A socket in the place of systemd's, and a notifier that knows of it. */
    async function systemd(address: string, env: NodeJS.ProcessEnv = {}, options?: NotifierOptions) {
      const receiver = spawn(python, [path.join(import.meta.dirname, '_datagrams.py'), address], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      onTestFinished(() => void receiver.kill('SIGKILL'));
      const lines = createInterface({ input: receiver.stdout })[Symbol.asyncIterator]();
      const next = async () => JSON.parse((await lines.next()).value!);
      expect(await next()).toBe('bound');
      const notices: string[] = [];
      const { PATH } = process.env;
      const notifier = createNotifier(
        { PATH, NOTIFY_SOCKET: address, ...env },
        (text) => notices.push(text),
        options,
      );
      return { notifier, next, notices };
    }

    test.each([
      ['a path', () => path.join(temporaryFolder(), 'notify')],
      ['an abstract socket', () => `@startproject-test-${process.pid}`],
    ])('systemd is told at %s, in order', async (_where, address) => {
      const { notifier, next, notices } = await systemd(address());
      const before = process.hrtime.bigint() / 1000n;
      void notifier.status('2 workers,\n  loading');
      void notifier.ready();
      void notifier.reloading();
      void notifier.mainPid(process.pid);
      await notifier.stopping();
      expect(await next()).toMatch(/^STATUS=2 workers, loading\n?$/);
      expect(await next()).toMatch(/^READY=1\n?$/);
      const [, reloading] = /^RELOADING=1\nMONOTONIC_USEC=(\d+)\n?$/.exec(await next())!;
      expect(BigInt(reloading!)).toBeGreaterThanOrEqual(before);
      expect(BigInt(reloading!)).toBeLessThanOrEqual(process.hrtime.bigint() / 1000n);
      expect(await next()).toMatch(new RegExp(`^MAINPID=${process.pid}\\n?$`));
      expect(await next()).toMatch(/^STOPPING=1\n?$/);
      expect(notices).toEqual([]);
    });

    test('a process that is not the main one any longer says nothing', async () => {
      const address = path.join(temporaryFolder(), 'notify');
      const { notifier, next } = await systemd(address);
      const other = createNotifier({ ...process.env, NOTIFY_SOCKET: address }, () => {});
      await notifier.mainPid(4711);
      await notifier.stopping();
      await other.ready();
      expect(await next()).toMatch(/^MAINPID=4711\n?$/);
      expect(await next()).toMatch(/^READY=1\n?$/);
    });

    test('the watchdog gets signs of life while the server is well', async () => {
      let isHealthy = true;
      const env = { WATCHDOG_USEC: '200000', WATCHDOG_PID: '4711' };
      const options = { pid: 4711, isHealthy: () => isHealthy };
      const { notifier, next } = await systemd(path.join(temporaryFolder(), 'notify'), env, options);
      expect(await next()).toMatch(/^WATCHDOG=1\n?$/);
      expect(await next()).toMatch(/^WATCHDOG=1\n?$/);
      isHealthy = false;
      await notifier.ready();
      let message: string;
      do message = await next();
      while (message.startsWith('WATCHDOG'));
      expect(message).toMatch(/^READY=1/);
    });

    test('a socket that is not there is told once', async () => {
      const notices: string[] = [];
      const env = { PATH: process.env.PATH, NOTIFY_SOCKET: path.join(temporaryFolder(), 'nothing') };
      const notifier = createNotifier(env, (text) => notices.push(text));
      await Promise.all([notifier.ready(), notifier.status('serves')]);
      await notifier.stopping();
      expect(notices).toEqual([expect.stringMatching(/^Cannot notify systemd by systemd-notify: .+\.$/)]);
    });
  });
});

test('without the program there is one notice', async () => {
  const notices: string[] = [];
  const env = { PATH: temporaryFolder(), NOTIFY_SOCKET: '/run/systemd/notify' };
  const notifier = createNotifier(env, (text) => notices.push(text));
  await Promise.all([notifier.ready(), notifier.status('serves')]);
  await notifier.stopping();
  expect(notices).toEqual(['Cannot notify systemd by systemd-notify: there is no such program.']);
});

describe('without systemd', () => {
  test('nothing is run and nothing is said', async () => {
    const notifier = createNotifier({ PATH: temporaryFolder() }, () =>
      expect.fail('There is nothing to say.'),
    );
    await Promise.all([
      notifier.ready(),
      notifier.reloading(),
      notifier.status('serves'),
      notifier.stopping(),
    ]);
  });

  test.each([
    ['is meant for another process', { WATCHDOG_USEC: '2000000', WATCHDOG_PID: '1' }, []],
    ['is off', { WATCHDOG_USEC: '0' }, []],
    ['is of this process', { WATCHDOG_USEC: '3000000', WATCHDOG_PID: '4711' }, [1500]],
    ['names no process', { WATCHDOG_USEC: '3000000' }, [1500]],
    ['waits longer than a timer can', { WATCHDOG_USEC: '18446744073709551614' }, [2 ** 31 - 1]],
  ])('a watchdog that %s', (_how, env, intervals) => {
    const set = vi.spyOn(globalThis, 'setInterval').mockReturnValue({ unref() {} } as never);
    onTestFinished(() => set.mockRestore());
    createNotifier({ NOTIFY_SOCKET: '/x', ...env }, () => {}, { pid: 4711 });
    expect(set.mock.calls.map(([, ms]) => ms)).toEqual(intervals);
  });
});
