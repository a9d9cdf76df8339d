import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { gitLock } from '../../../src/dev/changes/git-lock.ts';
import { temporaryFolder, writeFiles } from '../../_temp-folder.ts';

test.each([
  ['of the folder itself', { '.git/HEAD': '' }, '', '.git'],
  ['of a folder above', { '.git/HEAD': '', 'sites/one/a.ts': '' }, 'sites/one', '.git'],
  [
    'of a worktree',
    { '.git': 'gitdir: main/.git/worktrees/one\n', 'main/.git/worktrees/one/HEAD': '' },
    '',
    'main/.git/worktrees/one',
  ],
])('the lock %s is noticed while git holds it', (_what, files, from, git) => {
  const root = temporaryFolder(files);
  const isHeld = gitLock(path.join(root, from));
  expect(isHeld()).toBe(false);
  const lock = path.join(root, git, 'index.lock');
  writeFileSync(lock, '');
  expect(isHeld()).toBe(true);
  rmSync(lock);
  expect(isHeld()).toBe(false);
});

test('an old lock is ignored', () => {
  const root = temporaryFolder({ '.git/index.lock': '' });
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_500 });
  onTestFinished(() => void vi.useRealTimers());
  expect(gitLock(root)()).toBe(false);
});

test('a folder outside of git has no lock until git is initialized', () => {
  const root = temporaryFolder();
  const isHeld = gitLock(root);
  expect(isHeld()).toBe(false);
  writeFiles(root, { '.git/index.lock': '' });
  expect(isHeld()).toBe(true);
});
