import { rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { codeCacheFile } from '../files/user-caches.ts';
import { CodeCache } from './code-cache.ts';

/** The build writes in what names it. */
const BUILD = '__BUILD__';

/** By then the first requests have compiled the code that most requests use. */
export const SAVE_CODE_DELAY_MS = 1_000;

/** The files of this build, with what V8 has compiled of them in an earlier process of this user. */
export function ownCode(): CodeCache {
  return new CodeCache(codeCacheFile(process.env, homedir), BUILD);
}

/** Removes the compiled code of an earlier process, which may be the reason that a new process cannot start. */
export function dropOwnCode(): void {
  const file = codeCacheFile(process.env, homedir);
  try {
    if (file !== undefined) rmSync(file, { force: true });
  } catch {
    // Where its user may not write, what has its name is not from us.
  }
}
