import { type FSWatcher, watch } from 'node:fs';
import path from 'node:path';
import type { WSGIApplication } from '../../wsgi/types.ts';

/** The limit of watched folders. Stylesheets in further folders need a manual reload of the page. */
const MOST_FOLDERS = 100;

/** The waiting time for further events, since an editor writes a file in several steps. */
const SETTLE_MS = 20;

/** Watches the stylesheets that this process has sent, so that pages can load them again without a reload. */
export class Stylesheets {
  readonly #onChange: () => void;
  readonly #sent = new Set<string>();
  readonly #watchers = new Map<string, FSWatcher>();
  #settling: NodeJS.Timeout | undefined;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Wraps an application. A static stylesheet is watched after its first request. */
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
      watcher.on('error', () => watcher.close()); // The folder was removed, with its stylesheets.
      this.#watchers.set(folder, watcher);
    } catch {
      // No more watches are available. The developer must reload the page.
    }
  }

  #settle(): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(this.#onChange, SETTLE_MS).unref();
  }
}
