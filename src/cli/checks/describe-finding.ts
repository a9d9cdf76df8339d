import type { Finding } from '../../checks/finding.ts';
import { wrapLines } from '../../text/wrap-lines.ts';
import { printable, printableLine } from '../../wsgi/printable.ts';

const INDENT = '    ';

/**
 * A finding of the checks in the form for a terminal: its place, its id, the problem and the solution.
 *
 * @param columns The width of the terminal. @default unlimited
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
