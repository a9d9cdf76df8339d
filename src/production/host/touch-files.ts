import { stat } from 'node:fs/promises';
import { statIfThere } from '../../files/stat-if-there.ts';

const INTERVAL_MS = 1_000;

/**
 * Calls back when one of these files was touched: its time of change is another, or it was created. Removing a file does
 * not count.
 *
 * @returns a function that ends the watch
 */
export function watchTouchFiles(
  files: readonly string[],
  onTouched: (file: string) => void,
  intervalMs = INTERVAL_MS,
): () => void {
  const times = new Map(files.map((file) => [file, statIfThere(file)?.mtimeMs]));
  let isEnded = false;
  // By polling, which sees a file on every file system, and one whose folder does not exist yet.
  const timer = setTimeout(poll, intervalMs).unref();

  async function poll(): Promise<void> {
    for (const file of files) {
      const time = await stat(file).then(
        ({ mtimeMs }) => mtimeMs,
        () => undefined, // It is not there, or cannot be reached.
      );
      if (isEnded) return;
      const isTouched = time !== undefined && time !== times.get(file);
      times.set(file, time);
      if (isTouched) onTouched(file);
    }
    timer.refresh();
  }

  return () => {
    isEnded = true;
    clearTimeout(timer);
  };
}
