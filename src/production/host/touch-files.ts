import { stat } from 'node:fs/promises';
import { statIfThere } from '../../files/stat-if-there.ts';

const INTERVAL_MS = 1_000;

/**
 * Calls back when one of these files is touched: its modification time has changed, or it was created. Removing a file
 * does not count.
 *
 * @returns a function that stops watching
 */
export function watchTouchFiles(
  files: readonly string[],
  onTouched: (file: string) => void,
  intervalMs = INTERVAL_MS,
): () => void {
  const times = new Map(files.map((file) => [file, statIfThere(file)?.mtimeMs]));
  let isEnded = false;
  // Polling works on every file system, and for a file whose folder does not exist yet.
  const timer = setTimeout(poll, intervalMs).unref();

  async function poll(): Promise<void> {
    for (const file of files) {
      const time = await stat(file).then(
        ({ mtimeMs }) => mtimeMs,
        () => undefined, // The file does not exist, or cannot be reached.
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
