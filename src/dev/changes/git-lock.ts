import path from 'node:path';
import { foldersFrom } from '../../files/folders-above.ts';
import { readTextIfThere } from '../../files/regular-file.ts';
import { statIfThere } from '../../files/stat-if-there.ts';

/** An older lock belongs to a git that waits for input, or to one that was killed. */
const STALE_MS = 3_000;

/**
 * Tells whether git is changing the files of a working tree. While it does, it holds its lock; a checkout of hundreds of
 * files is over when that is gone.
 *
 * @param root A folder, in a working tree of git or not.
 */
export function gitLock(root: string): () => boolean {
  let folder: string | undefined;
  return function isHeld() {
    folder ??= findGitFolder(root); // Each time, since `git init` may come late.
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

/** Of a worktree and of a submodule, `.git` is a file that names the folder. */
function linkedFolder(file: string): string | undefined {
  const link = /^gitdir: (.+)$/m.exec(readTextIfThere(file) ?? '')?.[1];
  return link && path.resolve(path.dirname(file), link);
}
