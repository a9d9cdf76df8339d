import { rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { codeCacheFile } from '../files/user-caches.ts';
import { CodeCache } from './code-cache.ts';

/** The build inserts its name here. */
const BUILD = '__BUILD__';

/** After this time, the first requests have compiled the code that most requests use. */
export const SAVE_CODE_DELAY_MS = 1_000;

/** The files of this build, with V8's code cache from an earlier process of this user. */
export function ownCode(): CodeCache {
  return new CodeCache(codeCacheFile(process.env, homedir), BUILD);
}

/** Removes the code cache. It may be the reason why a new process cannot start. */
export function dropOwnCode(): void {
  const file = codeCacheFile(process.env, homedir);
  try {
    if (file !== undefined) rmSync(file, { force: true });
  } catch {
    // When this user may not write in the folder, the file was not written by this package.
  }
}
