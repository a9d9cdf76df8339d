import { type FSWatcher, watch } from 'node:fs';
import path from 'node:path';
import { foldersFrom } from '../../files/folders-above.ts';
import type { ExtraPaths } from './extra-paths.ts';

export interface WatcherEvents {
  /** The path was created, written, renamed or removed. */
  onTouch(target: string): void;
  /**
   * A folder cannot be watched, because there are too many watches or descriptors. Changes in it must be found by
   * polling.
   */
  onError(error: NodeJS.ErrnoException, folder: string): void;
  /** Paths that no watcher covers should be checked now. */
  onPoll(): void;
}

/** Reports changes of files. */
export interface Watcher {
  /**
   * Watches these files, which need not exist, and the extra paths.
   *
   * @returns The files and folders of the extra paths that are covered: a change is reported before any request that is
   *   sent after it.
   */
  watch(files: Iterable<string>): readonly string[];
  close(): void;
}

/**
 * Watches the folders of the files, by the events of the operating system. The watch of a folder, unlike that of a
 * file, survives the renames by which editors save. On Linux, the event is queued before the write returns, and is
 * reported in the next turn of the event loop. chokidar is not used here: it calls `stat` first, so its event comes
 * later.
 */
export class FolderWatcher implements Watcher {
  readonly #events: WatcherEvents;
  readonly #extras: ExtraPaths | undefined;
  readonly #folders = new Map<string, FSWatcher>();
  #files: readonly string[] = [];
  /** The folders to watch, and whether each is covered. */
  #wanted = new Map<string, boolean>();

  constructor(events: WatcherEvents, extras?: ExtraPaths) {
    this.#events = events;
    this.#extras = extras;
  }

  watch(files: Iterable<string>): readonly string[] {
    this.#files = [...files];
    const folders = this.#extras?.folders ?? [];
    this.#cover(new Set([...this.#files.map((file) => path.dirname(file)), ...folders]));
    const covered = this.#files.filter((file) => this.#wanted.get(path.dirname(file)));
    return [...covered, ...[...folders].filter((folder) => this.#wanted.get(folder))];
  }

  close(): void {
    this.#cover(new Set());
  }

  #cover(folders: ReadonlySet<string>): void {
    const used = new Set<string>();
    this.#wanted = new Map([...folders].map((folder) => [folder, this.#coverFolder(folder, used)]));
    for (const [folder, watcher] of this.#folders) {
      if (used.has(folder)) continue;
      watcher.close();
      this.#folders.delete(folder);
    }
  }

  /** Watches a folder. If it does not exist, its nearest existing ancestor covers it. */
  #coverFolder(folder: string, used: Set<string>): boolean {
    for (const current of foldersFrom(folder)) {
      if (used.has(current)) return true;
      try {
        if (!this.#folders.has(current)) this.#folders.set(current, this.#open(current));
        used.add(current);
        return true;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
        if (!isMissing) this.#events.onError(error as NodeJS.ErrnoException, current);
        if (!isMissing) return false;
      }
    }
    return false;
  }

  #open(folder: string): FSWatcher {
    const watcher = watch(folder, (event, name) => {
      if (event === 'rename') this.#renamed(folder, name);
      else this.#events.onTouch(path.join(folder, name ?? ''));
    });
    watcher.on('error', (error) => {
      this.#folders.delete(folder);
      watcher.close();
      this.#events.onError(error as NodeJS.ErrnoException, folder);
    });
    return watcher;
  }

  /**
   * Called when an entry of a folder was added or removed, or the folder itself, whose event has the folder's own name.
   */
  #renamed(folder: string, name: string | null): void {
    const target = path.join(folder, name ?? '');
    const mayBeItself = name === null || name === path.basename(folder);
    const moved = mayBeItself ? [folder, target] : [target];
    const isConcerned = (watched: string) => moved.some((start) => isAtOrBelow(watched, start));
    // The watch begins before the report, so that later changes in a new folder are reported too.
    if ([...this.#folders.keys(), ...this.#wanted.keys()].some(isConcerned)) this.#reopen(isConcerned);
    this.#events.onTouch(target);
    if (mayBeItself) this.#events.onTouch(folder);
  }

  /**
   * Watches the folders that are at these paths now. An old watch belongs to a folder that may have been deleted, or
   * moved together with a parent.
   */
  #reopen(isConcerned: (folder: string) => boolean): void {
    const last = [...this.#folders].filter(([folder]) => isConcerned(folder));
    for (const [folder] of last) this.#folders.delete(folder);
    this.watch(this.#files);
    for (const [, watcher] of last) watcher.close();
  }
}

function isAtOrBelow(folder: string, start: string): boolean {
  return `${folder}${path.sep}`.startsWith(start + path.sep);
}
