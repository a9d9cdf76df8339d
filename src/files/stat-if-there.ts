import { lstatSync, type Stats, statSync } from 'node:fs';

/**
 * What is at a path, or undefined when nothing is. Whatever keeps us from it, for us nothing is there: a file that
 * stands where a folder should, a folder that is not ours to read, links in a circle, a name that is too long.
 */
export function statIfThere(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** The same, with a symbolic link for what it is. */
export function lstatIfThere(file: string): Stats | undefined {
  try {
    return lstatSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
