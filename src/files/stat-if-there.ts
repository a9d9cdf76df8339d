import { fstatSync, lstatSync, type Stats, statSync } from 'node:fs';

/**
 * The stats of a path, or undefined if it does not exist. An unreachable path counts as missing: a file in the place of
 * a folder, a folder without permission, links in a circle, a name that is too long.
 */
export function statIfThere(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** The same without following a symbolic link. */
export function lstatIfThere(file: string): Stats | undefined {
  try {
    return lstatSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/**
 * The stats of one of this process's outputs. Undefined if the program that started the process has closed the
 * descriptor.
 */
export function fstatIfOpen(fd: number): Stats | undefined {
  try {
    return fstatSync(fd);
  } catch {
    return undefined;
  }
}
