import { shownPath } from '../../files/shown-path.ts';
import { shellLine } from '../../text/shell-line.ts';

/** The `cd` command from one folder to another; empty if they are the same. */
export function changeDirectory(from: string, to: string): string[] {
  return from === to ? [] : [shellLine('cd', shownPath(to, from))];
}
