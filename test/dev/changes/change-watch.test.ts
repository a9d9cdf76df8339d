import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, type TestContext, test, vi } from 'vitest';
import { ChangeWatch, type ChangeWatchOptions } from '../../../src/dev/changes/change-watch.ts';
import { ChokidarWatcher } from '../../../src/dev/changes/chokidar-watcher.ts';
import { ExtraPaths } from '../../../src/dev/changes/extra-paths.ts';
import { FolderWatcher, type Watcher, type WatcherEvents } from '../../../src/dev/changes/watcher.ts';
import { temporaryFolder } from '../../_temp-folder.ts';

type CreateWatcher = (events: WatcherEvents, extras: ExtraPaths) => Watcher;

const WAYS: [how: string, create: CreateWatcher][] = [
  ['FolderWatcher', (events, extras) => new FolderWatcher(events, extras)],
  ['ChokidarWatcher by events', (events, extras) => new ChokidarWatcher(events, extras)],
  ['ChokidarWatcher by polling', (events, extras) => new ChokidarWatcher(events, extras, 30)],
];

/** A watch for a site that is loaded again for every change. */
function watchChanges(
  options: ChangeWatchOptions,
  onStale: (changed: readonly string[]) => void,
  onTouched = () => {},
): ChangeWatch {
  const changes = new ChangeWatch(options, {
    onTouched,
    onStale: (changed) => {
      onStale(changed);
      changes.begin();
      changes.watch();
    },
    onFresh: () => {},
    onSelfWritten: () => {},
    onNotice: (text) => expect.unreachable(text),
  });
  changes.watch();
  return changes;
}

/** A site with the extra path `templates`, which is loaded again for every change. */
async function watching({ onTestFinished }: TestContext, create: CreateWatcher) {
  const root = temporaryFolder({ 'templates/base.html': '1' }, onTestFinished);
  const at = (name: string) => path.join(root, name);
  const extras = new ExtraPaths({ root, paths: [at('templates')] });
  const told: string[] = [];
  let isReady = false;
  const changes = watchChanges(
    {
      extras,
      createWatcher: (events) => {
        const onPoll = () => {
          isReady = true;
          events.onPoll();
        };
        const watcher = create({ ...events, onPoll }, extras);
        if (watcher instanceof FolderWatcher) isReady = true;
        return watcher;
      },
    },
    (changed) => told.push(...changed),
  );
  onTestFinished(() => changes.close());
  await vi.waitUntil(() => isReady, { timeout: 25_000 });
  // It says of no folder when it has listed it: from then on it tells of changes.
  let count = 0;
  const write = () => {
    writeFileSync(at('templates/base.html'), String(count++));
    return told.includes(at('templates/base.html'));
  };
  await vi.waitUntil(write, { timeout: 25_000, interval: 100 });
  await sleep(200); // what is on its way
  const untilTold = async (name: string, act: () => void) => {
    told.length = 0;
    act();
    await vi.waitUntil(() => told.includes(at(name)), { timeout: 25_000 });
  };
  return { at, changes, untilTold };
}

// They wait for polls and events more than they do.
vi.setConfig({ maxConcurrency: 10 });

describe.concurrent.each(WAYS)('with %s and without requests, a change is reported', (_how, create) => {
  test('in a new folder of the extra paths, at once and later', async (context) => {
    const { at, untilTold } = await watching(context, create);
    await untilTold('templates/new/deep/a.html', () => {
      mkdirSync(at('templates/new/deep'), { recursive: true });
      writeFileSync(at('templates/new/deep/a.html'), '1');
    });
    await untilTold('templates/new/deep/b.html', () => writeFileSync(at('templates/new/deep/b.html'), '1'));
  });

  test('in a folder that was empty when it appeared', async (context) => {
    const { at, untilTold } = await watching(context, create);
    mkdirSync(at('templates/new'));
    await sleep(400);
    await untilTold('templates/new/a.html', () => writeFileSync(at('templates/new/a.html'), '1'));
  });

  test('in a folder that was moved away and back', async (context) => {
    const { at, untilTold } = await watching(context, create);
    await untilTold('templates/base.html', () => renameSync(at('templates'), at('away')));
    await sleep(300); // chokidar lists a folder once when two events come close together.
    await untilTold('templates/base.html', () => renameSync(at('away'), at('templates')));
    await sleep(300);
    await untilTold('templates/base.html', () => writeFileSync(at('templates/base.html'), 'changed'));
  });
});

test('a new folder is covered by the watcher after it was found, so that requests need not check it', async (context) => {
  const { at, changes, untilTold } = await watching(context, WAYS[0]![1]);
  await untilTold('templates/new/a.html', () => {
    mkdirSync(at('templates/new'));
    writeFileSync(at('templates/new/a.html'), '1');
  });
  expect(changes.look()).toBe(0);
  expect(changes.settle()).toBe(true);
});

describe('many changes at once', () => {
  const MANY = Array.from({ length: 12 }, (_, index) => `templates/${index}.html`);

  /** A watch of `templates`, whose events come when the process turns its event loop. */
  function changing(isBusy = () => false) {
    const root = temporaryFolder(Object.fromEntries(MANY.map((name) => [name, '1'])));
    const stale: number[] = [];
    const touched = vi.fn();
    const changes = watchChanges(
      {
        extras: new ExtraPaths({ root, paths: [path.join(root, 'templates')] }),
        createWatcher: (events) => new FolderWatcher(events),
        isBusy,
      },
      (changed) => stale.push(changed.length),
      touched,
    );
    onTestFinished(() => changes.close());
    const write = (names: readonly string[]) => {
      for (const name of names) writeFileSync(path.join(root, name), 'changed');
    };
    return { changes, stale, touched, write };
  }

  test('are reported together, although this process was not running during the second half', async () => {
    const { stale, touched, write } = changing();
    write(MANY.slice(0, 6));
    touched.mockImplementationOnce(() =>
      setImmediate(() => {
        write(MANY.slice(6));
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
      }),
    );
    await expect.poll(() => stale).toEqual([MANY.length]);
  });

  test('are not reported while they continue, and are reported once when they are over', async () => {
    let isBusy = true;
    const { changes, stale, touched, write } = changing(() => isBusy);
    write(MANY);
    await expect.poll(() => touched.mock.calls.length).toBeGreaterThanOrEqual(MANY.length);
    changes.watch();
    changes.settleUnasked();
    expect(stale).toEqual([]);
    isBusy = false;
    await expect.poll(() => stale).toEqual([MANY.length]);
  });

  test('are reported at once when a request waits', async () => {
    const { changes, stale, touched, write } = changing(() => true);
    write(MANY);
    await expect.poll(() => touched.mock.calls.length).toBeGreaterThanOrEqual(MANY.length);
    expect(changes.settle()).toBe(false);
    expect(stale).toEqual([MANY.length]);
  });
});
