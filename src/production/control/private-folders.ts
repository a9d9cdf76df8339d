import { mkdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lstatIfThere } from '../../files/stat-if-there.ts';

export interface FolderChoice {
  readonly env: NodeJS.ProcessEnv;
  readonly pidFile?: string | undefined;
}

/**
 * The folders for a socket that only its user can use: the runtime folder of the user, the one of the pid file, and one
 * that is made for it.
 *
 * @param make Is called when the last one is needed.
 */
export function* privateFolders({ env, pidFile }: FolderChoice, make = () => {}): Generator<string> {
  const candidates = [env.XDG_RUNTIME_DIR, pidFile && path.dirname(path.resolve(pidFile))];
  for (const folder of candidates) if (folder && isPrivate(folder)) yield folder;
  make();
  if (isPrivate(ownTemporaryFolder())) yield ownTemporaryFolder();
}

export function makeOwnTemporaryFolder(): void {
  try {
    mkdirSync(ownTemporaryFolder(), { mode: 0o700 });
  } catch {
    // It is there already, or there is no place for it.
  }
}

export function removeOwnTemporaryFolder(): void {
  try {
    rmdirSync(ownTemporaryFolder());
  } catch {
    // It is another server's as well, or was never there.
  }
}

function ownTemporaryFolder(): string {
  return path.join(tmpdir(), `startproject-${process.geteuid?.()}`);
}

/** Whether only this user and root can create a socket there. */
function isPrivate(folder: string): boolean {
  if (!path.isAbsolute(folder)) return false;
  const stats = lstatIfThere(folder);
  return (
    stats?.isDirectory() === true &&
    [0, process.geteuid?.()].includes(stats.uid) &&
    (stats.mode & 0o022) === 0
  );
}
