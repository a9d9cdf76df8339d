import kleur from 'kleur';
import type { TypeProblem } from '../../dev/types/tsc-output.ts';
import { printable, printableLine } from '../../wsgi/printable.ts';

/** An error of the TypeScript compiler as a terminal shows it: `mysite/settings.ts:12:3 TS2322 Type …`. */
export function describeTypeProblem({ place, code, message }: TypeProblem): string {
  const start = place === undefined ? '' : `${printableLine(place)} `;
  return `${start}${kleur.red(printableLine(code))} ${printable(message)}`;
}
