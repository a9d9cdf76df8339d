import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

/** Paths relative to the folder, and what the files hold. */
export type Files = Readonly<Record<string, string>>;

/** Takes what is to be done when the test ends, or whatever else a thing is there for. */
export type AtEnd = (end: () => void | Promise<void>) => void;

/** A folder with these files in it, which goes when the test ends. */
export function temporaryFolder(files: Files = {}, atEnd: AtEnd = onTestFinished): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'startproject-test-')));
  atEnd(() => removeFolder(folder));
  writeFiles(folder, files);
  return folder;
}

/**
 * Removes a folder with all that is in it. Workers of a server that was killed end a moment after it, and may be keeping what
 * they have compiled. The retries of Node 20 do not see such files: it lists a folder once.
 */
export async function removeFolder(folder: string): Promise<void> {
  for (let left = 20; ; left--) {
    try {
      rmSync(folder, { recursive: true, force: true });
      return;
    } catch (error) {
      if (left === 0 || (error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
      await delay(50);
    }
  }
}

export function writeFiles(folder: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}
