import type { Environ, Header } from '../../wsgi/types.ts';

const ENTITY_TAG = /(?:W\/)?"[^"]*"/g;

/**
 * Adapts the headers of a live page. The page contains the script of one generation, so its `ETag` must contain the
 * generation too. Otherwise, if the site reports an unchanged page, the browser would keep the page with an older
 * script, and reload it without end. A date cannot contain a generation, so `Last-Modified` is removed.
 */
export function liveHeaders(headers: readonly Header[], generation: string): readonly Header[] {
  return headers
    .filter(([name]) => name.toLowerCase() !== 'last-modified')
    .map(([name, value]): Header => {
      if (name.toLowerCase() !== 'etag' || !value.endsWith('"')) return [name, value];
      return [name, value.slice(0, -1) + suffix(generation)];
    });
}

/** Passes on only the validators that the site itself set on a page of this generation. */
export function revalidateLivePage(environ: Environ, generation: string): void {
  delete environ.HTTP_IF_MODIFIED_SINCE;
  const condition = environ.HTTP_IF_NONE_MATCH;
  if (condition === undefined) return;
  const end = suffix(generation);
  const tags = (condition.match(ENTITY_TAG) ?? []).filter((tag) => tag.endsWith(end));
  if (tags.length === 0) delete environ.HTTP_IF_NONE_MATCH;
  else environ.HTTP_IF_NONE_MATCH = tags.map((tag) => `${tag.slice(0, -end.length)}"`).join(', ');
}

function suffix(generation: string): string {
  return `;live=${generation}"`;
}
