import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { BroadcastChannel } from 'node:worker_threads';
import type { SiteLoader } from '../../loader/site-loader.ts';
import type { ReadFiles } from '../site/read-files.ts';

/** The channel on which threads report the files that they have read. */
export const FILES_CHANNEL = 'startproject.files';

/**
 * Makes changes count in files that the site's threads and child processes load.
 *
 * @param onFiles Called with the files that threads have read.
 */
export function watchDescendants(loader: SiteLoader, onFiles: (files: ReadFiles) => void): void {
  let channel: BroadcastChannel | undefined;
  const require = createRequire(import.meta.url);
  subscribe('worker_threads', () => {
    if (channel !== undefined) return;
    // Node has loaded this module by now. A site without threads does not need it.
    const threads = require('node:worker_threads') as typeof import('node:worker_threads');
    channel = new threads.BroadcastChannel(FILES_CHANNEL);
    channel.onmessage = (event) => onFiles((event as { data: ReadFiles }).data);
    channel.unref();
  });
  subscribe('child_process', (message) => {
    const { process: child } = message as { process: ChildProcess };
    // The arguments are set only at the end of the constructor.
    process.nextTick(() => readScript(child, loader));
  });
}

/** Reads the script of a child process that runs Node: the first argument that is a file of the site. */
function readScript({ spawnfile, spawnargs = [] }: ChildProcess, loader: SiteLoader): void {
  if (spawnfile !== process.execPath) return;
  for (const word of spawnargs.slice(1)) {
    const file = word.startsWith('-') ? undefined : loader.findFile(path.resolve(word));
    if (file !== undefined) {
      loader.readAhead(file);
      return;
    }
  }
}
