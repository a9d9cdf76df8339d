import { loadSettings } from '../../src/conf/load.ts';
import { loadURLconf } from '../../src/handler/urls/load-urlconf.ts';
import type { URLPattern } from '../../src/handler/urls/url-pattern.ts';
import type { URLNode } from '../../src/handler/urls/urlconf.ts';

export const view = () => new Response('…');

/** The loaded nodes of these patterns. */
export async function nodesOf(urlpatterns: readonly URLPattern[]): Promise<readonly URLNode[]> {
  return (await loadURLconf(await loadSettings({ ROOT_URLCONF: { urlpatterns } }))).nodes;
}
