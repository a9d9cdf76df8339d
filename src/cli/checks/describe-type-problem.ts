import kleur from 'kleur';
import type { TypeProblem } from '../../dev/types/tsc-output.ts';
import { wrapLines } from '../../text/wrap-lines.ts';
import { printable, printableLine } from '../../wsgi/printable.ts';

/** An error of the TypeScript compiler as a terminal shows it: `mysite/settings.ts:12:3 TS2322 Type …`. */
export function describeTypeProblem(
  { place, code, message }: TypeProblem,
  columns = Number.MAX_SAFE_INTEGER,
): string {
  const start = place === undefined ? '' : `${printableLine(place)} `;
  const shown = printableLine(code);
  const text = wrapLines(`${start}${shown} ${printable(message)}`, columns, '    ');
  return text.replace(shown, () => kleur.red(shown));
}
