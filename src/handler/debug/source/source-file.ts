import { realpathSync } from 'node:fs';
import path from 'node:path';
import { readTextIfThere } from '../../../files/regular-file.ts';
import { installedLoader } from '../../../loader/imports/installed-loader.ts';

/**
 * The text of a file that an error page may show: a file that the loader has read, or a file of the project that is not
 * hidden. Other files are refused, since a stack is text: a client may have put /etc/passwd, .env or /dev/zero into it.
 *
 * @returns undefined for every other file, and if the file cannot be read.
 */
export function readSource(file: string): string | undefined {
  try {
    const real = realpathSync(file);
    return isOfProject(real) || installedLoader()?.hasRead?.(real) ? readTextIfThere(real) : undefined;
  } catch {
    return undefined; // The page then shows the place without its lines.
  }
}

/** Reads source for the frames of one stack, which often share a file: each file is read once. */
export function sourceReader(): typeof readSource {
  const sources = new Map<string, string | undefined>();
  return (file) => {
    if (!sources.has(file)) sources.set(file, readSource(file));
    return sources.get(file);
  };
}

function isOfProject(file: string): boolean {
  const relative = path.relative(realpathSync(installedLoader()?.root ?? process.cwd()), file);
  return !path.isAbsolute(relative) && !relative.split(path.sep).some((name) => name.startsWith('.'));
}
