import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, type TestContext, test, vi } from 'vitest';
import { ChokidarWatcher, pollInterval } from '../../../src/dev/changes/chokidar-watcher.ts';
import { ExtraPaths } from '../../../src/dev/changes/extra-paths.ts';
import { temporaryFolder } from '../../_temp-folder.ts';
import { Touches, touched } from './_touches.ts';

// They wait for polls and events more than they do.
vi.setConfig({ maxConcurrency: 20 });

const POLL_MS = 30;
const WAYS: [how: string, pollMs: number | undefined][] = [
  ['by events', undefined],
  ['by polling', POLL_MS],
];

class Polled extends Touches {
  polls = 0;
  override onPoll(): void {
    this.polls += 1;
  }
}

async function untilSeen(touches: Touches, file: string): Promise<void> {
  let count = 0;
  const write = () => {
    writeFileSync(file, String(count++));
    return touches.has(file);
  };
  await vi.waitUntil(write, { timeout: 25_000, interval: 100 });
}

/** A watcher that has looked at `in/a.ts`, a missing `in/b.ts` and the extra path `templates`. */
async function watching({ onTestFinished }: TestContext, pollMs: number | undefined) {
  const files = { 'in/a.ts': '1', 'in/other.ts': '1', 'templates/a.html': '1' };
  const root = temporaryFolder(files, onTestFinished);
  const at = (name: string) => path.join(root, name);
  const extras = new ExtraPaths({ root, paths: [at('templates')] });
  const touches = new Polled();
  const watcher = new ChokidarWatcher(touches, extras, pollMs);
  onTestFinished(() => watcher.close());
  const watched = [at('in/a.ts'), at('in/b.ts'), at('later/c.ts'), ...extras.scan()];
  const covered = watcher.watch(watched);
  await vi.waitUntil(() => touches.polls > 0, { timeout: 25_000 });
  // It says of no folder when it has listed it: from then on it tells of changes.
  for (const name of ['in/a.ts', 'templates/a.html', '.env']) await untilSeen(touches, at(name));
  await sleep(200); // what is on its way
  touches.clear();
  return { at, watcher, touches, watched, covered };
}

describe.concurrent.each(WAYS)('ChokidarWatcher %s', (_how, pollMs) => {
  test('covers no file, since it may report a change later than a request arrives', async (context) => {
    expect((await watching(context, pollMs)).covered).toEqual([]);
  });

  test.for(['in/a.ts', 'in/b.ts', 'templates/a.html', 'templates/b.html', '.env'])(
    'reports a write of %s',
    async (name, context) => {
      const { at, touches } = await watching(context, pollMs);
      await touched(touches, at(name), () => writeFileSync(at(name), 'changed'));
    },
  );

  test('reports a deletion, and a new file at the same path', async (context) => {
    const { at, touches } = await watching(context, pollMs);
    await touched(touches, at('in/a.ts'), () => rmSync(at('in/a.ts')));
    await sleep(150); // chokidar tells of one removal of a path in 100 ms.
    await touched(touches, at('in/a.ts'), () => writeFileSync(at('in/a.ts'), 'again'));
  });

  test('reports a file that is renamed over another', async (context) => {
    const { at, touches } = await watching(context, pollMs);
    writeFileSync(at('in/a.tmp'), 'changed');
    await touched(touches, at('in/a.ts'), () => renameSync(at('in/a.tmp'), at('in/a.ts')));
  });

  test.for(['later', 'templates/new'])('reports a new folder %s', async (name, context) => {
    const { at, touches } = await watching(context, pollMs);
    await touched(touches, at(name), () => mkdirSync(at(name)));
  });

  test('does not report other files', async (context) => {
    const { at, touches } = await watching(context, pollMs);
    writeFileSync(at('in/other.ts'), 'changed');
    await touched(touches, at('in/a.ts'), () => writeFileSync(at('in/a.ts'), 'changed'));
    expect(touches.has(at('in/other.ts'))).toBe(false);
  });

  test('reports files in new folders, and new files in known folders', async (context) => {
    const { at, watcher, touches, watched } = await watching(context, pollMs);
    mkdirSync(at('new'));
    writeFileSync(at('new/d.ts'), '1');
    watcher.watch([...watched, at('in/other.ts'), at('new/d.ts')]);
    // It says of no file when it has begun with it.
    for (const name of ['in/other.ts', 'new/d.ts']) await untilSeen(touches, at(name));
  });

  test('reports nothing after it was closed', async (context) => {
    const { at, watcher, touches } = await watching(context, pollMs);
    watcher.close();
    writeFileSync(at('in/a.ts'), 'changed');
    await sleep(150);
    expect(touches.targets).toEqual([]);
  });

  test('can be closed before it has opened anything, and then polls nothing', async (context) => {
    const touches = new Polled();
    const watcher = new ChokidarWatcher(touches, undefined, pollMs);
    watcher.watch([path.join(temporaryFolder({ 'a.ts': '' }, context.onTestFinished), 'a.ts')]);
    watcher.close();
    await sleep(700);
    expect(touches.polls).toBe(0);
  });
});

describe('the polling interval', () => {
  test('is the given one for few files', () => {
    expect(pollInterval(300, 100)).toBe(300);
  });

  test('is longer for many files, so that polling takes a small share of a core', () => {
    expect(pollInterval(300, 1_000)).toBe(1_400);
  });

  test('of many files keeps polling within its share of a core', async () => {
    const names = Array.from({ length: 300 }, (_, index) => `in/m${index}.ts`);
    const root = temporaryFolder(Object.fromEntries(names.map((name) => [name, '1'])));
    const touches = new Polled();
    const watcher = new ChokidarWatcher(touches, undefined, POLL_MS);
    onTestFinished(() => watcher.close());
    watcher.watch(names.map((name) => path.join(root, name)));
    await vi.waitUntil(() => touches.polls > 0, { timeout: 25_000 });
    const before = process.cpuUsage();
    await sleep(1_500);
    const { user, system } = process.cpuUsage(before);
    // The bound is 0.4 %. The rest is for the test runner, and machines that are busy.
    expect((user + system) / 1_500_000).toBeLessThan(0.1);
  });
});
