import { lstatSync, type Stats, statSync } from 'node:fs';

/** What is at a path, or undefined when nothing is, also because a file stands where a folder should. */
export function statIfThere(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** The same, with a symbolic link for what it is. Whatever keeps us from it, for us nothing is there. */
export function lstatIfThere(file: string): Stats | undefined {
  try {
    return lstatSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
