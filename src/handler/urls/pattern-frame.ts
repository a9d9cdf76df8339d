import { isForeignFrame } from '../../files/own-files.ts';
import { readText } from '../../text/thrown-text.ts';
import { FRAME_LINE } from '../../text/v8-stack.ts';
import type { URLNode } from './urlconf.ts';

/** The stack frame of the site in which a pattern was made; undefined where it is unknown. */
export function patternFrame({ origin }: Pick<URLNode, 'origin'>): string | undefined {
  const lines = readText(origin, 'stack').split('\n');
  return lines.find((line) => FRAME_LINE.test(line) && !isForeignFrame(line));
}
