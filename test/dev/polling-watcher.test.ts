import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../_temp-folder.ts';
import { pollingWatcher, type Touches, touched, turn } from './_touches.ts';

// What is not told within this time will not be told at all.
vi.setConfig({ testTimeout: 5_000 });

describe('PollingWatcher tells', () => {
  function polled(content: string | null = '1') {
    const root = temporaryFolder(content === null ? {} : { 'in/a.ts': content });
    const file = path.join(root, 'in/a.ts');
    const { watcher, touches } = pollingWatcher();
    watcher.watch([file]);
    return { root, file, watcher, touches };
  }

  test('of a write', async () => {
    const { file, touches } = polled();
    await writtenUntilTold(touches, file);
  });

  test('of the next write as well', async () => {
    const { file, touches } = polled();
    await writtenUntilTold(touches, file);
    touches.clear();
    await touched(touches, file, () => writeFileSync(file, 'another content'));
  });

  test('of a deletion', async () => {
    const { file, touches } = polled();
    await writtenUntilTold(touches, file);
    await touched(touches, file, () => rmSync(file));
  });

  test('of a missing file that is created in a missing folder', async () => {
    const { file, touches } = polled(null);
    mkdirSync(path.dirname(file));
    await writtenUntilTold(touches, file);
  });

  test('of the files that are asked for, and no others', async () => {
    const { root, file, touches } = polled();
    writeFileSync(path.join(root, 'in/b.ts'), '');
    await writtenUntilTold(touches, file);
    expect([...new Set(touches.targets)]).toEqual([file]);
  });

  test('of the files of the last call only', async () => {
    const { root, file, watcher, touches } = polled();
    await writtenUntilTold(touches, file);
    const other = path.join(root, 'other.ts');
    watcher.watch([other]);
    touches.clear();
    writeFileSync(file, 'another content');
    await writtenUntilTold(touches, other);
    expect(touches.has(file)).toBe(false);
  });

  test('of a file that two calls ask for without a gap', async () => {
    const { root, file, watcher, touches } = polled();
    await writtenUntilTold(touches, file);
    await touched(touches, file, () => {
      writeFileSync(file, 'another content');
      watcher.watch([file, path.join(root, 'other.ts')]);
    });
  });
});

describe('PollingWatcher', () => {
  test('covers no file, since it tells of a change later than a request may come', async () => {
    const root = temporaryFolder({ 'a.ts': '' });
    expect(pollingWatcher().watcher.watch([path.join(root, 'a.ts')])).toEqual([]);
  });

  test('has nothing to wait for without files', async () => {
    expect(pollingWatcher().watcher.watch([])).toEqual([]);
  });

  test('leaves nothing behind when it is closed, however often it was called', () => {
    const root = temporaryFolder({ 'a.ts': '', 'b.ts': '' });
    const { watcher } = pollingWatcher();
    const before = polls();
    watcher.watch([path.join(root, 'a.ts')]);
    watcher.watch([path.join(root, 'a.ts'), path.join(root, 'b.ts')]);
    expect(polls()).toBe(before + 2);
    watcher.close();
    expect(polls()).toBe(before);
  });

  test('tells nothing after it is closed', async () => {
    const root = temporaryFolder({ 'a.ts': '1' });
    const file = path.join(root, 'a.ts');
    const one = pollingWatcher();
    const other = pollingWatcher();
    for (const { watcher } of [one, other]) watcher.watch([file]);
    one.watcher.close();
    await writtenUntilTold(other.touches, file);
    expect(one.touches.targets).toEqual([]);
  });
});

/** Writes a file again and again until that is told: how the file was is first looked at some time after the call. */
async function writtenUntilTold(touches: Touches, file: string): Promise<void> {
  for (let i = 0; !touches.has(file); i++) {
    writeFileSync(file, 'x'.repeat(2 + (i % 7)));
    await turn();
  }
}

/** How many files this process looks at every so often. */
function polls(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'StatWatcher').length;
}
