import { onTestFinished } from 'vitest';
import type { ExtraPaths } from '../../../src/dev/changes/extra-paths.ts';
import { FolderWatcher, type Watcher, type WatcherEvents } from '../../../src/dev/changes/watcher.ts';

/** Keeps what a watcher tells, and lets a test wait for it. */
export class Touches implements WatcherEvents {
  readonly targets: string[] = [];
  readonly errors: [code: string | undefined, folder: string][] = [];
  #waiting: { target: string; resolve: () => void }[] = [];

  onTouch(target: string): void {
    this.targets.push(target);
    const told = this.#waiting.filter((waiting) => waiting.target === target);
    this.#waiting = this.#waiting.filter((waiting) => waiting.target !== target);
    for (const { resolve } of told) resolve();
  }

  onError(error: NodeJS.ErrnoException, folder: string): void {
    this.errors.push([error.code, folder]);
  }

  onPoll(): void {
    throw new Error('Nobody has asked for this.');
  }

  has(target: string): boolean {
    return this.targets.includes(target);
  }

  clear(): void {
    this.targets.length = 0;
  }

  /** Resolves when this path is touched, from now on. */
  next(target: string): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ target, resolve }));
  }
}

export function folderWatcher(extras?: ExtraPaths): { watcher: Watcher; touches: Touches } {
  const touches = new Touches();
  return { watcher: closedAfterTest(new FolderWatcher(touches, extras)), touches };
}

function closedAfterTest(watcher: Watcher): Watcher {
  onTestFinished(() => watcher.close());
  return watcher;
}

/** One turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Does something and waits until a path is touched. */
export async function touched(touches: Touches, target: string, act: () => void): Promise<void> {
  const told = touches.next(target);
  act();
  await told;
}
