import type { LivePageOptions } from '../messages.ts';
import { TYPE_BADGE } from '../types/type-badge.ts';

/**
 * The script of a live page. It contains the generation that made the page, and the server sends the generation that
 * answers now. If a page still has an older generation after its reload, it comes from a cache that cannot be
 * revalidated. Then it is not reloaded for the same generation again. A hidden page closes its connection, since
 * browsers allow six connections to a host, and a developer has many tabs. A changed stylesheet is loaded beside the
 * old one, which is removed afterwards, so that the page does not flicker. A sandboxed frame has no origin and cannot
 * connect to the server. It is reloaded together with the page around it.
 */
const FOLLOW = `(path, own, showTypes) => {
  if (origin === 'null') return;
  const key = 'startproject ' + location.pathname + location.search;
  let source, reloadedFor, styles;
  try { reloadedFor = sessionStorage.getItem(key); sessionStorage.removeItem(key) } catch {}
  const follow = (newest) => {
    if (newest === own || newest === reloadedFor) return;
    try { sessionStorage.setItem(key, newest) } catch {}
    source.close();
    location.reload();
  };
  const restyle = ({ data }) => {
    const isSame = styles === undefined || styles === data;
    styles = data;
    if (isSame) return;
    for (const old of document.querySelectorAll('link[rel~=stylesheet][href]:not([data-replaced])')) {
      const url = new URL(old.href);
      if (url.origin !== location.origin) continue;
      url.searchParams.set('live', Date.now());
      const next = old.cloneNode();
      next.href = url.href;
      next.onload = () => old.remove();
      old.dataset.replaced = '';
      old.after(next);
    }
  };
  const listen = () => {
    source?.close();
    source = undefined;
    if (document.hidden) return;
    source = new EventSource(path);
    source.onmessage = (event) => follow(event.data);
    source.addEventListener('styles', restyle);
    source.addEventListener('types', showTypes);
  };
  document.addEventListener('visibilitychange', listen);
  addEventListener('pagehide', () => source?.close());
  addEventListener('pageshow', listen);
}`.replace(/\n */g, '');

/** The script element of a live page, for the end of its HTML. */
export function liveScript({ path, generation }: LivePageOptions, nonce?: string): string {
  const attribute = nonce === undefined ? '' : ` nonce="${nonce.replace(/[^\w+/=-]/g, '')}"`;
  const call = `${JSON.stringify(path)},${JSON.stringify(generation)}`;
  return `<script${attribute}>(${FOLLOW})(${call},(${TYPE_BADGE})())</script>\n`;
}
