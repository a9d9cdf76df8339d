import path from 'node:path';

/** A folder and its parents, the nearest first. */
export function* foldersFrom(start: string): Generator<string> {
  for (let folder = start; ; folder = path.dirname(folder)) {
    yield folder;
    if (path.dirname(folder) === folder) return;
  }
}
