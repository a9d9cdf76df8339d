import { checkOptions } from '../check-options.ts';
import { IncludedURLs, type URLPattern } from './url-pattern.ts';

/**
 * The options of `include()`.
 *
 * @example
 * import type { IncludeOptions } from 'startproject/urls';
 *
 * export const options: IncludeOptions = { namespace: 'blog' };
 */
export interface IncludeOptions {
  /** The prefix of the names of the included patterns, as in `blog:detail`. @default none */
  readonly namespace?: string;
}

/**
 * Adds the patterns of another module, or of an array, below a path.
 *
 * @param source A dotted path, an imported module that exports `urlpatterns`, or the patterns.
 *
 * @throws {TypeError} for unknown options.
 *
 * @example
 * import { include, path, reverse } from 'startproject/urls';
 *
 * const blog = [path('<slug:title>/', () => new Response('…'), { name: 'detail' })];
 *
 * export const urlpatterns = [path('blog/', include(blog, { namespace: 'blog' }))];
 * export const firstPost = () => reverse('blog:detail', { title: 'first' });
 */
export function include(
  source: string | readonly URLPattern[] | { readonly urlpatterns: readonly URLPattern[] },
  options: IncludeOptions = {},
): IncludedURLs {
  const name = typeof options === 'string' ? options : 'blog';
  checkOptions('include()', { namespace: 'text' }, [options], `{ namespace: '${name}' }`);
  return new IncludedURLs(source, options.namespace);
}
