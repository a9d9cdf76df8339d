import path from 'node:path';
import type { FSWatcher } from 'chokidar';
import { foldersFrom } from '../../files/folders-above.ts';
import { statIfThere } from '../../files/stat-if-there.ts';
import type { ExtraPaths } from './extra-paths.ts';
import type { Watcher, WatcherEvents } from './watcher.ts';

/** The maximum share of a core for polling. */
const SHARE = 0.004;

/** The CPU time for one poll of one file (`fs.watchFile`, 1,000 files, Node 20.20 and 24.21). */
const FILE_MS = 0.0056;

/**
 * The times of checks for changes that were made while chokidar was listing new paths. chokidar emits no event for such
 * changes, and does not report the end of the listing, which takes long on a busy machine.
 */
const LOOKS_MS = [500, 2_000, 8_000];

/**
 * Reports changes by chokidar: by polling where events do not arrive (network mounts, Docker on some systems), and by
 * events on systems that do not guarantee their order. No file counts as covered by it, so each request checks the
 * files itself. It only makes reloads start sooner, and open pages refresh without a request.
 */
export class ChokidarWatcher implements Watcher {
  readonly #events: WatcherEvents;
  readonly #extras: ExtraPaths | undefined;
  readonly #pollMs: number | undefined;
  #opening: Promise<FSWatcher> | undefined;
  #look: NodeJS.Timeout | undefined;
  #intervalMs = 0;
  /** The paths that were given to chokidar, and the files that were found there. */
  readonly #added = new Set<string>();
  /** The files to report, besides the extra paths. */
  #wanted = new Set<string>();

  /** @param pollMs The minimum time between two checks of a file. @default events of the system instead of polling */
  constructor(events: WatcherEvents, extras?: ExtraPaths, pollMs?: number) {
    this.#events = events;
    this.#extras = extras;
    this.#pollMs = pollMs;
  }

  watch(files: Iterable<string>): readonly string[] {
    const loaded = [...files];
    const folders = new Set([...loaded.map((file) => path.dirname(file)), ...(this.#extras?.folders ?? [])]);
    this.#wanted = new Set(loaded);
    const targets = new Set([...folders].map((folder) => this.#nearest(folder)));
    this.#paceFor(loaded.length + targets.size);
    // A file in a known folder may have been created after that folder was listed.
    for (const file of loaded)
      if (this.#added.has(path.dirname(file)) && statIfThere(file)) targets.add(file);
    const added = [...targets].filter((target) => !this.#added.has(target));
    for (const target of [...added, ...loaded]) this.#added.add(target);
    if (added.length === 0) return [];
    this.#opening ??= this.#open();
    void this.#opening.then((watcher) => watcher.closed || watcher.add(added));
    this.#lookLater(LOOKS_MS);
    return [];
  }

  #lookLater([ms, ...more]: readonly number[]): void {
    clearTimeout(this.#look);
    if (ms === undefined) return;
    this.#look = setTimeout(() => {
      this.#lookLater(more); // This is first, since the check may add paths or close the watcher.
      this.#events.onPoll();
    }, ms + this.#intervalMs);
  }

  close(): void {
    clearTimeout(this.#look);
    void this.#opening?.then((watcher) => watcher.close());
    this.#opening = undefined;
    this.#added.clear();
  }

  /**
   * Returns the folder, or its nearest existing ancestor. The folders between them are watched for as well, since they
   * may be created.
   */
  #nearest(folder: string): string {
    for (const current of foldersFrom(folder)) {
      this.#wanted.add(current);
      if (statIfThere(current)) return current;
    }
    return folder;
  }

  /**
   * Chooses an interval that keeps polling within its share of a core. There is a margin, since a new interval lists
   * all paths again.
   */
  #paceFor(count: number): void {
    if (this.#pollMs === undefined) return;
    const needed = pollInterval(this.#pollMs, count);
    if (needed <= this.#intervalMs && this.#intervalMs <= 3 * needed) return;
    this.close();
    this.#intervalMs = pollInterval(this.#pollMs, 1.25 * count);
  }

  /** chokidar is loaded on demand, so that the first page does not wait for it. */
  async #open(): Promise<FSWatcher> {
    const { FSWatcher } = await import('chokidar');
    const watcher = new FSWatcher({
      usePolling: this.#pollMs !== undefined,
      interval: this.#intervalMs,
      binaryInterval: this.#intervalMs,
      depth: 0,
      ignoreInitial: true,
      followSymlinks: false,
      ignorePermissionErrors: true,
      atomic: false,
      ignored: (target) => {
        const file = path.normalize(target);
        return !this.#wanted.has(file) && !this.#extras?.covers(file);
      },
    });
    watcher.on('all', (event, target) => {
      if (event.startsWith('unlink')) this.#added.delete(target);
      this.#events.onTouch(target);
    });
    watcher.on('error', (error) => {
      this.#events.onError(error as NodeJS.ErrnoException, (error as NodeJS.ErrnoException).path ?? '');
    });
    return watcher;
  }
}

/** @returns The time in ms between two checks of a file, for this number of files. */
export function pollInterval(pollMs: number, count: number): number {
  return Math.max(pollMs, Math.ceil((count * FILE_MS) / SHARE));
}
