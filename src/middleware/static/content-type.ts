import { lookup } from 'mrmime';

const TEXT = /^(?:text\/|application\/(?:javascript|json|xml|manifest\+json|ld\+json)$|image\/svg\+xml$)/;

/** The content type of a file by its name. Text is declared as UTF-8. */
export function contentType(name: string): string {
  const type = lookup(name) ?? 'application/octet-stream';
  return TEXT.test(type) ? `${type}; charset=utf-8` : type;
}
