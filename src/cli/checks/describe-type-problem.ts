import kleur from 'kleur';
import type { TypeProblem } from '../../dev/types/tsc-output.ts';
import { wrapLines } from '../../text/wrap-lines.ts';
import { printable, printableLine } from '../../wsgi/printable.ts';

const INDENT = '    ';

/**
 * A TypeScript compiler error in the form for a terminal: `mysite/settings.ts:12:3 TS2322 Type …`, followed by its
 * explanations, as nested as in the compiler.
 *
 * @param columns The width of the terminal. @default unlimited
 */
export function describeTypeProblem(
  { place, code, message }: TypeProblem,
  columns = Number.MAX_SAFE_INTEGER,
): string {
  const start = place === undefined ? '' : `${printableLine(place)} `;
  const shown = printableLine(code);
  const [first = '', ...explanations] = printable(message).split('\n');
  const lines = explanations.map((line) => {
    const indent = `  ${/^ */.exec(line)![0]}`;
    return wrapLines(line.trimStart(), columns - indent.length).replace(/^/gm, indent);
  });
  const text = [wrapLines(`${start}${shown} ${first}`, columns, INDENT), ...lines].join('\n');
  return text.replace(shown, () => kleur.red(shown));
}
