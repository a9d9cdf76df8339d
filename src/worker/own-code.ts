import { rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { codeCacheFile } from '../files/user-caches.ts';
import { type Build, CodeCache } from './code-cache.ts';

const BUILD: Build = {
  name: '__BUILD__', // inserted by the build
  root: fileURLToPath(new URL('..', import.meta.url)),
};

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
