import { shownPath } from '../../files/shown-path.ts';
import { shellLine } from '../../text/shell-line.ts';

/** The way from one folder to another, or nothing when it is the same. */
export function changeDirectory(from: string, to: string): string[] {
  return from === to ? [] : [shellLine('cd', shownPath(to, from))];
}
