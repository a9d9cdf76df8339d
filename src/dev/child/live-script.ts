import type { LivePageOptions } from '../messages.ts';
import { TYPE_BADGE } from '../types/type-badge.ts';

/**
 * What runs in the page. It has the generation that made the page; the server sends the one that answers now. A page
 * that is still of an older generation after its reload comes from a cache that cannot be revalidated: it is not
 * reloaded for the same generation again. A hidden page does not listen, since browsers allow six connections to a
 * host, and a developer has many tabs. A stylesheet
 * that changes is fetched anew beside the old one, which goes when the new one is there: nothing flickers. A sandboxed frame has no
 * origin that may ask the server: the page around it is reloaded, and it with that.
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

/** The script of a live page, for the end of its HTML. */
export function liveScript({ path, generation }: LivePageOptions, nonce?: string): string {
  const attribute = nonce === undefined ? '' : ` nonce="${nonce.replace(/[^\w+/=-]/g, '')}"`;
  const call = `${JSON.stringify(path)},${JSON.stringify(generation)}`;
  return `<script${attribute}>(${FOLLOW})(${call},(${TYPE_BADGE})())</script>\n`;
}
