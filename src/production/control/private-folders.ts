import { mkdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lstatIfThere } from '../../files/stat-if-there.ts';

export interface FolderChoice {
  readonly env: NodeJS.ProcessEnv;
  readonly pidFile?: string | undefined;
}

/**
 * The folders for a socket that only its user can use: the user's runtime folder, the folder of the pid file, and one
 * that is created for it.
 *
 * @param make Called when the last one is needed.
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
    // The folder already exists, or cannot be created.
  }
}

export function removeOwnTemporaryFolder(): void {
  try {
    rmdirSync(ownTemporaryFolder());
  } catch {
    // The folder has a socket of another server, or does not exist.
  }
}

function ownTemporaryFolder(): string {
  return path.join(tmpdir(), `startproject-${process.geteuid?.()}`);
}

/** Whether only this user and root can create a socket in a folder. */
function isPrivate(folder: string): boolean {
  if (!path.isAbsolute(folder)) return false;
  const stats = lstatIfThere(folder);
  return (
    stats?.isDirectory() === true &&
    [0, process.geteuid?.()].includes(stats.uid) &&
    (stats.mode & 0o022) === 0
  );
}
