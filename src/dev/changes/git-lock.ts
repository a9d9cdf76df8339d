import path from 'node:path';
import { foldersFrom } from '../../files/folders-above.ts';
import { readTextIfThere } from '../../files/regular-file.ts';
import { statIfThere } from '../../files/stat-if-there.ts';

/** An older lock belongs to a git process that waits for input or was killed. */
const STALE_MS = 3_000;

/**
 * Creates a function that tells whether git is changing the files of a working tree. git holds a lock during that time,
 * so a checkout of hundreds of files is complete when the lock is removed.
 *
 * @param root A folder, which need not be in a working tree.
 */
export function gitLock(root: string): () => boolean {
  let folder: string | undefined;
  return function isHeld() {
    folder ??= findGitFolder(root); // Searched at each call, since `git init` may run later.
    const stats = folder === undefined ? undefined : statIfThere(path.join(folder, 'index.lock'));
    return stats !== undefined && Date.now() - stats.ctimeMs < STALE_MS;
  };
}

function findGitFolder(from: string): string | undefined {
  for (const folder of foldersFrom(from)) {
    const git = path.join(folder, '.git');
    const stats = statIfThere(git);
    if (stats !== undefined) return stats.isDirectory() ? git : linkedFolder(git);
  }
  return undefined;
}

/** In a worktree or a submodule, `.git` is a file with the path of the folder. */
function linkedFolder(file: string): string | undefined {
  const link = /^gitdir: (.+)$/m.exec(readTextIfThere(file) ?? '')?.[1];
  return link && path.resolve(path.dirname(file), link);
}
