import path from 'node:path';
import { shownPlace } from '../../../files/shown-path.ts';
import { findFrame } from '../../../text/find-frame.ts';

/** The first place in a stack that is in the site's own files, with the path to show. */
export function siteFrame(stack: string | undefined, root: string) {
  const isOfSite = (file: string) =>
    file.startsWith(root + path.sep) && !file.includes(`${path.sep}node_modules${path.sep}`);
  const place = stack === undefined ? undefined : findFrame(stack, isOfSite);
  if (place === undefined) return undefined;
  return { ...place, label: shownPlace(place, root) };
}
