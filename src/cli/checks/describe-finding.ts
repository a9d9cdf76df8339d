import type { Finding } from '../../checks/finding.ts';
import { wrapLines } from '../../text/wrap-lines.ts';
import { printable, printableLine } from '../../wsgi/printable.ts';

const INDENT = '    ';

/**
 * A finding of the checks as a terminal shows it: its place, its id, what is and what to do.
 *
 * @param columns How wide the terminal is. @default any width
 */
export function describeFinding(
  { id, message, hint, place }: Finding,
  columns = Number.MAX_SAFE_INTEGER,
): string {
  const start = place === undefined ? '' : `${printableLine(place)} `;
  const text = wrapLines(`${start}(${printableLine(id)}) ${printable(message)}`, columns, INDENT);
  const advice = wrapLines(`Hint: ${printable(hint)}`, columns - INDENT.length);
  return `${text}\n${advice.replace(/^/gm, INDENT)}`;
}
