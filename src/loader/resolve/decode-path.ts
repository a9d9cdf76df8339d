import { NotFound } from './not-found.ts';

/**
 * Decodes the path in a specifier or a target. Both are URLs: `./a%20b.ts` is a file with a space in its name. A text
 * that cannot be decoded is used unchanged.
 *
 * @throws {NotFound} for an encoded slash, as in Node.
 */
export function decodePath(url: string): string {
  if (!url.includes('%')) return url;
  if (/%2f|%5c/i.test(url))
    throw new NotFound('it has an encoded slash', { code: 'ERR_INVALID_MODULE_SPECIFIER' });
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}
