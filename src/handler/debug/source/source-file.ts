import { realpathSync } from 'node:fs';
import path from 'node:path';
import { readTextIfThere } from '../../../files/regular-file.ts';
import { installedLoader } from '../../../loader/imports/installed-loader.ts';

/**
 * The text of a file that an error page may show: one that the loader has read, or one of the project, but for what is
 * hidden. A stack is only text, in which a client may have named /etc/passwd, .env or /dev/zero.
 *
 * @returns undefined for every other, and for what cannot be read.
 */
export function readSource(file: string): string | undefined {
  try {
    const real = realpathSync(file);
    return isOfProject(real) || installedLoader()?.hasRead?.(real) ? readTextIfThere(real) : undefined;
  } catch {
    return undefined; // The page shows the place without its lines.
  }
}

/** The same for the frames of one stack, of which many may be in one file: each file is read once. */
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
