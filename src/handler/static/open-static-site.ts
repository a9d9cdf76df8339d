import type { Settings } from '../../conf/index.ts';
import type { StaticSite } from '../../middleware/static/static-site.ts';

/** In development, every request checks the file: nothing is cached. */
const NO_TIME = 0;

/** The static files of the settings; undefined if there are none, and in a runtime without a file system. */
export async function openStaticSite({
  DEBUG,
  STATIC_URL,
  STATICFILES_DIRS: folders,
}: Readonly<Settings>): Promise<StaticSite | undefined> {
  if (folders.length === 0 || STATIC_URL.includes('://')) return undefined;
  if (globalThis.process?.getBuiltinModule?.('node:fs') === undefined) return undefined;
  const { StaticSite } = await import('../../middleware/static/static-site.ts');
  const url = `/${STATIC_URL.replace(/^\//, '')}`;
  return new StaticSite({ url, folders, ...(DEBUG && { freshMs: NO_TIME }) });
}
