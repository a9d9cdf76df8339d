import type { Environ, Header } from '../../wsgi/types.ts';

const ENTITY_TAG = /(?:W\/)?"[^"]*"/g;

/**
 * A live page has the script of one generation, so its validators name that generation as well: the browser would
 * otherwise keep an older script with a page that the site calls unchanged, and reload it without end. A date has no
 * room for a generation, so live pages have no `Last-Modified`.
 */
export function liveHeaders(headers: readonly Header[], generation: string): readonly Header[] {
  return headers
    .filter(([name]) => name.toLowerCase() !== 'last-modified')
    .map(([name, value]): Header => {
      if (name.toLowerCase() !== 'etag' || !value.endsWith('"')) return [name, value];
      return [name, value.slice(0, -1) + suffix(generation)];
    });
}

/** Passes to the site only the validators that it set itself on a page of this generation. */
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
