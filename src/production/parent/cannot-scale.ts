import type { SiteGroup } from './site-group.ts';

/** The reason why the number of a site's workers cannot be changed now; undefined if it can. */
export function cannotScale({
  state,
  generation,
}: Pick<SiteGroup, 'state' | 'generation'>): string | undefined {
  if (state === 'stopping') return 'The workers have been ended. A reload starts new ones.';
  return generation === 0 ? 'The site is not served: it has not loaded yet.' : undefined;
}
