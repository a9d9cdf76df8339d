import { type FSWatcher, watch } from 'node:fs';
import path from 'node:path';

export interface WatcherEvents {
  /** Something happened at this path: created, written, renamed or removed. */
  onTouch(target: string): void;
  /** A folder cannot be watched: too many watches or descriptors. Changes in it must be looked for. */
  onError(error: NodeJS.ErrnoException, folder: string): void;
}

/** Tells when files change. */
export interface Watcher {
  /** Watches these files, which need not exist, and no others. Resolves to those that are covered. */
  watch(files: Iterable<string>): Promise<readonly string[]>;
  close(): void;
}

/**
 * Watches the folders of the files, by the operating system's events. A folder's watch, unlike a file's, outlives
 * the renames by which editors save. On Linux the event is queued before the write returns and is told on the next
 * turn of the event loop, 0.2 ms later; chokidar, which looks at the file first, takes 1.2.
 */
export class FolderWatcher implements Watcher {
  readonly #events: WatcherEvents;
  readonly #folders = new Map<string, FSWatcher>();

  constructor(events: WatcherEvents) {
    this.#events = events;
  }

  async watch(files: Iterable<string>): Promise<readonly string[]> {
    const covered: string[] = [];
    const wanted = new Set<string>();
    for (const file of files) {
      const folder = this.#watchNearest(path.dirname(file), wanted);
      if (folder !== undefined) covered.push(file);
    }
    for (const [folder, watcher] of this.#folders) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.#folders.delete(folder);
    }
    return covered;
  }

  close(): void {
    for (const watcher of this.#folders.values()) watcher.close();
    this.#folders.clear();
  }

  /** A folder that does not exist is covered by the nearest one above it that does. */
  #watchNearest(folder: string, wanted: Set<string>): string | undefined {
    for (let current = folder; ; current = path.dirname(current)) {
      if (wanted.has(current)) return current;
      try {
        if (!this.#folders.has(current)) this.#folders.set(current, this.#open(current));
        wanted.add(current);
        return current;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code !== 'ENOENT' && code !== 'ENOTDIR') {
          this.#events.onError(error as NodeJS.ErrnoException, current);
          return undefined;
        }
        if (path.dirname(current) === current) return undefined;
      }
    }
  }

  #open(folder: string): FSWatcher {
    const watcher = watch(folder, (event, name) => {
      const target = name === null ? folder : path.join(folder, name);
      // A folder that is removed or renamed tells so by its own name, and its watch is dead.
      if (event === 'rename' && name === path.basename(folder)) this.#drop(folder, watcher);
      this.#events.onTouch(target);
      if (event === 'rename' && name === path.basename(folder)) this.#events.onTouch(folder);
    });
    watcher.on('error', (error) => {
      this.#drop(folder, watcher);
      this.#events.onError(error as NodeJS.ErrnoException, folder);
    });
    return watcher;
  }

  #drop(folder: string, watcher: FSWatcher): void {
    watcher.close();
    if (this.#folders.get(folder) === watcher) this.#folders.delete(folder);
  }
}

/** Looks at the files every so often, where events do not come: network mounts, Docker on some systems. */
export class PollingWatcher implements Watcher {
  readonly #events: WatcherEvents;
  readonly #intervalMs: number;
  #watcher: import('chokidar').FSWatcher | undefined;

  constructor(events: WatcherEvents, intervalMs: number) {
    this.#events = events;
    this.#intervalMs = intervalMs;
  }

  async watch(files: Iterable<string>): Promise<readonly string[]> {
    const { watch: watchFiles } = await import('chokidar');
    await this.#watcher?.close();
    const list = [...files];
    const watcher = watchFiles(list, { usePolling: true, interval: this.#intervalMs, ignoreInitial: true });
    this.#watcher = watcher;
    watcher.on('all', (_event, target) => this.#events.onTouch(target));
    watcher.on('error', (error) => this.#events.onError(error as NodeJS.ErrnoException, ''));
    await new Promise<void>((resolve) => watcher.once('ready', () => resolve()));
    return list;
  }

  close(): void {
    void this.#watcher?.close();
  }
}
