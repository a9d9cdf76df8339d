import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { installedLoader } from '../../loader/installed.ts';

/** What is larger is no source that somebody has written. */
const MOST_BYTES = 8 * 1024 * 1024;

/**
 * The text of a file that an error page may show: one that the loader has read, or one of the project, but for what is
 * hidden. A stack is only text, in which anybody may have named /etc/passwd, .env or /dev/zero.
 *
 * @returns undefined for every other, and for what cannot be read.
 */
export function readSource(file: string): string | undefined {
  try {
    const real = realpathSync(file);
    return isOfProject(real) || installedLoader()?.hasRead?.(real) ? readRegular(real) : undefined;
  } catch {
    return undefined; // The page shows the place without its lines.
  }
}

function isOfProject(file: string): boolean {
  const relative = path.relative(realpathSync(installedLoader()?.root ?? process.cwd()), file);
  return !path.isAbsolute(relative) && !relative.split(path.sep).some((name) => name.startsWith('.'));
}

/** Opened so that a pipe without a writer is not waited for. */
function readRegular(file: string): string | undefined {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(descriptor);
    return stats.isFile() && stats.size <= MOST_BYTES ? readFileSync(descriptor, 'utf8') : undefined;
  } finally {
    closeSync(descriptor);
  }
}
