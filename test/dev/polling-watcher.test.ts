import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../_temp-folder.ts';
import { pollingWatcher, touched } from './_touches.ts';

// What is not told within this time will not be told at all.
vi.setConfig({ testTimeout: 5_000 });

describe('PollingWatcher tells', () => {
  async function polled(content: string | null = '1') {
    const root = temporaryFolder(content === null ? {} : { 'in/a.ts': content });
    const file = path.join(root, 'in/a.ts');
    const { watcher, touches } = pollingWatcher();
    await watcher.watch([file]);
    return { root, file, watcher, touches };
  }

  test('of a write', async () => {
    const { file, touches } = await polled();
    await touched(touches, file, () => writeFileSync(file, 'longer'));
  });

  test('of a deletion', async () => {
    const { file, touches } = await polled();
    await touched(touches, file, () => rmSync(file));
  });

  test('of a missing file that is created in a missing folder', async () => {
    const { file, touches } = await polled(null);
    await touched(touches, file, () => {
      mkdirSync(path.dirname(file));
      writeFileSync(file, '1');
    });
  });

  test('of nothing that was there when it began', async () => {
    const { file, touches } = await polled();
    await touched(touches, file, () => writeFileSync(file, 'longer'));
    expect([...new Set(touches.targets)]).toEqual([file]);
  });

  test('of the files of the last call only', async () => {
    const { root, file, watcher, touches } = await polled();
    const other = path.join(root, 'other.ts');
    await watcher.watch([other]);
    writeFileSync(file, 'longer');
    await touched(touches, other, () => writeFileSync(other, ''));
    expect(touches.has(file)).toBe(false);
  });
});

describe('PollingWatcher', () => {
  test('covers no file, since it tells of a change later than a request may come', async () => {
    const root = temporaryFolder({ 'a.ts': '' });
    expect(await pollingWatcher().watcher.watch([path.join(root, 'a.ts')])).toEqual([]);
  });

  test('has nothing to wait for without files', async () => {
    expect(await pollingWatcher().watcher.watch([])).toEqual([]);
  });

  test.each([
    ['one call', 1],
    ['two calls at once', 2],
  ])('leaves nothing behind when it is closed after %s', async (_what, calls) => {
    const root = temporaryFolder({ 'a.ts': '' });
    const { watcher } = pollingWatcher();
    const before = polls();
    await Promise.all(Array.from({ length: calls }, () => watcher.watch([path.join(root, 'a.ts')])));
    expect(polls()).toBeGreaterThan(before);
    watcher.close();
    await expect.poll(polls).toBe(before);
  });

  test('starts nothing when it is closed before it has begun', async () => {
    const root = temporaryFolder({ 'a.ts': '' });
    const { watcher } = pollingWatcher();
    const before = polls();
    const begun = watcher.watch([path.join(root, 'a.ts')]);
    watcher.close();
    await begun;
    expect(polls()).toBe(before);
  });
});

/** How many files this process looks at every so often. */
function polls(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'StatWatcher').length;
}
