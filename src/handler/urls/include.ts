import { checkOptions } from '../check-options.ts';
import type { URLPattern } from './path.ts';

export interface IncludeOptions {
  /** Goes before the names of the included patterns: `blog:detail`. */
  readonly namespace?: string;
}

/** Patterns to be set below a route by `path()`. Made by `include()`. */
export class IncludedURLs {
  readonly source: string | object;
  readonly namespace: string | undefined;

  constructor(source: string | object, namespace: string | undefined) {
    this.source = source;
    this.namespace = namespace;
  }
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
