import path from 'node:path';

/** A folder and all that are above it, the nearest first. */
export function* foldersFrom(start: string): Generator<string> {
  for (let folder = start; ; folder = path.dirname(folder)) {
    yield folder;
    if (path.dirname(folder) === folder) return;
  }
}
