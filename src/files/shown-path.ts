import path from 'node:path';
import type { SourceLocation } from '../errors.ts';

/** Whether a path is a folder or is inside of it. */
export function isInside(file: string, folder: string): boolean {
  const way = path.relative(folder, file);
  return way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way);
}

/** A path for users: relative to a folder if it is inside of that, otherwise absolute. */
export function shownPath(file: string, folder: string): string {
  return isInside(file, folder) ? path.relative(folder, file) : file;
}

/** The same with line and column, if they are known: `mysite/urls.ts:4:21`. */
export function shownPlace({ file, line, column }: SourceLocation, folder: string): string {
  return [shownPath(file, folder), line, column].filter((part) => part !== undefined).join(':');
}
