import { type FSWatcher, watch } from 'node:fs';
import path from 'node:path';
import type { WSGIApplication } from '../../wsgi/types.ts';

/** A folder each. Pages that show more than these are reloaded by hand. */
const MOST_FOLDERS = 100;

/** An editor writes a file in several steps, and each is an event. */
const SETTLE_MS = 20;

/** Watches the stylesheets that this process has sent, so that pages can fetch them anew without a reload. */
export class Stylesheets {
  readonly #onChange: () => void;
  readonly #sent = new Set<string>();
  readonly #watchers = new Map<string, FSWatcher>();
  #settling: NodeJS.Timeout | undefined;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** An application whose static stylesheets are watched from their first request on. */
  watch(application: WSGIApplication): WSGIApplication {
    const onFile = (file: string, type: string) => {
      if (type.startsWith('text/css')) this.#add(file);
    };
    return function watched(environ, startResponse) {
      environ['startproject.on_static_file'] = onFile;
      return application(environ, startResponse);
    };
  }

  close(): void {
    clearTimeout(this.#settling);
    for (const watcher of this.#watchers.values()) watcher.close();
  }

  #add(file: string): void {
    if (this.#sent.has(file)) return;
    this.#sent.add(file);
    const folder = path.dirname(file);
    if (this.#watchers.has(folder) || this.#watchers.size >= MOST_FOLDERS) return;
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        if (name === null || this.#sent.has(path.join(folder, name))) this.#settle();
      });
      watcher.on('error', () => watcher.close()); // the folder is gone, and its stylesheets with it
      this.#watchers.set(folder, watcher);
    } catch {
      // There are no watches to spare: the developer reloads the page.
    }
  }

  #settle(): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(this.#onChange, SETTLE_MS).unref();
  }
}
