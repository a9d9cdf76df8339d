import { checkOptions } from '../check-options.ts';
import { IncludedURLs, type URLPattern } from './url-pattern.ts';

export interface IncludeOptions {
  /** Goes before the names of the included patterns: `blog:detail`. */
  readonly namespace?: string;
}

/**
 * Takes in the patterns of another module, or of an array.
 *
 * @param source A dotted path, an imported module that exports `urlpatterns`, or the patterns.
 *
 * @example
 * path('blog/', include('blog.urls', { namespace: 'blog' }))
 */
export function include(
  source: string | readonly URLPattern[] | { readonly urlpatterns: readonly URLPattern[] },
  options: IncludeOptions = {},
): IncludedURLs {
  const name = typeof options === 'string' ? options : 'blog';
  checkOptions('include()', { namespace: 'text' }, [options], `{ namespace: '${name}' }`);
  return new IncludedURLs(source, options.namespace);
}
