import { accessSync, constants } from 'node:fs';

/** Explains why a path cannot be read. Undefined when it can be read, or does not exist. */
export function readAdvice(target: string): string | undefined {
  try {
    accessSync(target, constants.R_OK);
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    return `Cannot read ${target}: ${message}. The site continues without it.`;
  }
}

/** Explains why a folder cannot be watched, and what to do. */
export function watchAdvice({ code, message }: NodeJS.ErrnoException, folder: string): string {
  if (code === 'ENOSPC') {
    return `No more inotify watches for ${folder}. Raise the limit: sysctl fs.inotify.max_user_watches=524288, or use --poll.`;
  }
  if (code === 'EMFILE')
    return `Too many open files to watch ${folder}. Raise the limit with ulimit -n, or use --poll.`;
  return `Cannot watch ${folder}: ${message}. Changes there are noticed with the next request.`;
}
