import path from 'node:path';
import type { FSWatcher } from 'chokidar';
import { foldersFrom } from '../../files/folders-above.ts';
import { statIfThere } from '../../files/stat-if-there.ts';
import type { ExtraPaths } from './extra-paths.ts';
import type { Watcher, WatcherEvents } from './watcher.ts';

/** Polling takes no more of a core than this. */
const SHARE = 0.004;

/** What polling takes of a processor for each file: fs.watchFile, 1,000 files, Node 20.20 and 24.21. */
const FILE_MS = 0.0056;

/**
 * When to look for what changed while chokidar was listing what it was given: no event comes of that, and it does not say when
 * it has listed. On a busy machine it takes long.
 */
const LOOKS_MS = [500, 2_000, 8_000];

/**
 * Tells of changes by chokidar: by polling, where events do not come (network mounts, Docker on some systems), and
 * where the order of events is no promise. It covers nothing, since each request looks for itself: a reload
 * starts sooner, and open pages refresh without a request.
 */
export class ChokidarWatcher implements Watcher {
  readonly #events: WatcherEvents;
  readonly #extras: ExtraPaths | undefined;
  readonly #pollMs: number | undefined;
  #opening: Promise<FSWatcher> | undefined;
  #look: NodeJS.Timeout | undefined;
  #intervalMs = 0;
  /** What chokidar was given, and the files that it has found by that. */
  readonly #added = new Set<string>();
  /** What it may tell of besides the extra paths. */
  #wanted = new Set<string>();

  /** @param pollMs How long between two checks of a file, at least. @default events of the system */
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
    // A file in a folder that is not new was not among those that it was listed for.
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
      this.#lookLater(more); // first, since what is found may add more, or close this
      this.#events.onPoll();
    }, ms + this.#intervalMs);
  }

  close(): void {
    clearTimeout(this.#look);
    void this.#opening?.then((watcher) => watcher.close());
    this.#opening = undefined;
    this.#added.clear();
  }

  /** The folder, or the nearest above it that is there. All on the way are wanted, since they may come. */
  #nearest(folder: string): string {
    for (const current of foldersFrom(folder)) {
      this.#wanted.add(current);
      if (statIfThere(current)) return current;
    }
    return folder;
  }

  /** Polls so seldom that it takes no more than its share. To change that lists all anew, so it leaves some room. */
  #paceFor(count: number): void {
    if (this.#pollMs === undefined) return;
    const needed = pollInterval(this.#pollMs, count);
    if (needed <= this.#intervalMs && this.#intervalMs <= 3 * needed) return;
    this.close();
    this.#intervalMs = pollInterval(this.#pollMs, 1.25 * count);
  }

  /** Loaded when it is needed, so that the first page does not wait for it. */
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

/** @returns Milliseconds between two checks of each of so many files. */
export function pollInterval(pollMs: number, count: number): number {
  return Math.max(pollMs, Math.ceil((count * FILE_MS) / SHARE));
}
