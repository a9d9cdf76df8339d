import type { SourceLocation } from '../../../errors.ts';
import { codeFrame, positionAt } from '../../../files/code-frame.ts';
import { readTextIfThere } from '../../../files/regular-file.ts';
import { shownPlace } from '../../../files/shown-path.ts';

interface ConfigPlace {
  readonly location: SourceLocation;
  readonly codeFrame: string | undefined;
  /** `wsgi.config.ts:4:3` */
  readonly shown: string;
}

/**
 * Finds the line in a configuration file that sets something. The file is not parsed, so it is the first line that
 * looks like it.
 *
 * @param name `workers`, or `sites.blog.workers`.
 * @param cwd The folder to which the shown path is relative. @default the working directory
 */
export function locateInConfig(file: string, name: string, cwd = process.cwd()): ConfigPlace {
  const source = readTextIfThere(file);
  const offset = source === undefined ? undefined : findKey(source, name.split('.'));
  const location = offset === undefined ? { file } : { file, ...positionAt(source!, offset) };
  return { location, codeFrame: codeFrame(location, source), shown: shownPlace(location, cwd) };
}

/** Searches for each key after the previous one. If a key is not found, the place is that of the last key that was found. */
function findKey(source: string, keys: readonly string[]): number | undefined {
  let found: number | undefined;
  let from = 0;
  for (const key of keys) {
    const pattern = new RegExp(`(?<=^[^\\S\\n]*|[{,]\\s*)(?:${key}|'${key}'|"${key}")\\s*[:(,}]`, 'gm');
    pattern.lastIndex = from;
    const match = pattern.exec(source);
    if (match === null) break;
    found = match.index;
    from = pattern.lastIndex - 1;
  }
  return found;
}
