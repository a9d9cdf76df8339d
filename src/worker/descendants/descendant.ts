import { BroadcastChannel, isMainThread } from 'node:worker_threads';
import { installSiteHooks } from '../../loader/native/site-hooks.ts';
import type { SiteLoader } from '../../loader/site-loader.ts';
import { findManifest } from '../site/project-manifest.ts';
import type { ReadFiles } from '../site/read-files.ts';
import { SiteRuntime } from '../site/site-runtime.ts';
import { FILES_CHANNEL } from './watch-descendants.ts';

/**
 * Prepares a thread or a child process of the site, or a script. The site's loader is created when a file of the site
 * is first imported.
 */
export function installForDescendant(): void {
  const root = enterProject();
  let loader: SiteLoader | undefined;
  const shared = () => {
    loader ??= new SiteRuntime(root, reporter()).serveDescendant();
    return loader;
  };
  installSiteHooks({ shared, isDescendant: true });
}

/** Finds root and settings as the commands do, for a script that was not started by a process of the site. */
function enterProject(): string {
  const { env } = process;
  const manifest = env.DJANGO_SETTINGS_MODULE ? undefined : findManifest(process.cwd());
  if (manifest?.named === undefined) return process.cwd();
  env.DJANGO_SETTINGS_MODULE = manifest.named.settings;
  return manifest.folder;
}

/**
 * A thread reports the files that it has read to its worker. For a child process, the worker reads the files itself.
 */
function reporter(): (files: ReadFiles) => void {
  if (isMainThread) return () => {};
  const channel = new BroadcastChannel(FILES_CHANNEL);
  channel.unref();
  return (files) => channel.postMessage(files);
}
