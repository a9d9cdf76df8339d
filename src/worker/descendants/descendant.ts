import { BroadcastChannel, isMainThread } from 'node:worker_threads';
import { installSiteHooks } from '../../loader/native/site-hooks.ts';
import type { SiteLoader } from '../../loader/site-loader.ts';
import type { ReadFiles } from '../site/read-files.ts';
import { SiteRuntime } from '../site/site-runtime.ts';
import { FILES_CHANNEL } from './watch-descendants.ts';

/** In a thread or a child process of the site: its TypeScript is loaded when a file of it is first imported. */
export function installForDescendant(): void {
  let loader: SiteLoader | undefined;
  const shared = () => {
    loader ??= new SiteRuntime(process.cwd(), reporter()).serveDescendant();
    return loader;
  };
  installSiteHooks({ shared, isDescendant: true });
}

/** A thread reports the files that it has read to its worker. The files of a child process are read by the worker itself. */
function reporter(): (files: ReadFiles) => void {
  if (isMainThread) return () => {};
  const channel = new BroadcastChannel(FILES_CHANNEL);
  channel.unref();
  return (files) => channel.postMessage(files);
}
