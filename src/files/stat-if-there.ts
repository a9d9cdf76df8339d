import { fstatSync, lstatSync, type Stats, statSync } from 'node:fs';

/**
 * What is at a path, or undefined when nothing is. What cannot be reached counts as nothing: a file in the place of a
 * folder, a folder without permission to read it, links in a circle, a name that is too long.
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

/** The kind of an output of this process. Undefined if the program that started the process has closed the descriptor. */
export function fstatIfOpen(fd: number): Stats | undefined {
  try {
    return fstatSync(fd);
  } catch {
    return undefined;
  }
}
