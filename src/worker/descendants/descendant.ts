import { BroadcastChannel, isMainThread } from 'node:worker_threads';
import { installSiteHooks } from '../../loader/native/site-hooks.ts';
import type { SiteLoader } from '../../loader/site-loader.ts';
import { findManifest } from '../site/project-manifest.ts';
import type { ReadFiles } from '../site/read-files.ts';
import { SiteRuntime } from '../site/site-runtime.ts';
import { FILES_CHANNEL } from './watch-descendants.ts';

/** In a thread or a child process of the site, and in a script: its TypeScript is loaded when a file of it is first imported. */
export function installForDescendant(): void {
  const root = enterProject();
  let loader: SiteLoader | undefined;
  const shared = () => {
    loader ??= new SiteRuntime(root, reporter()).serveDescendant();
    return loader;
  };
  installSiteHooks({ shared, isDescendant: true });
}

/** A script that nothing has started for the site finds root and settings as the commands do. */
function enterProject(): string {
  const { env } = process;
  const manifest = env.DJANGO_SETTINGS_MODULE ? undefined : findManifest(process.cwd());
  if (manifest?.named === undefined) return process.cwd();
  env.DJANGO_SETTINGS_MODULE = manifest.named.settings;
  return manifest.folder;
}

/** A thread reports the files that it has read to its worker. The files of a child process are read by the worker itself. */
function reporter(): (files: ReadFiles) => void {
  if (isMainThread) return () => {};
  const channel = new BroadcastChannel(FILES_CHANNEL);
  channel.unref();
  return (files) => channel.postMessage(files);
}
