import kleur from 'kleur';
import type { TypeProblem } from '../../dev/types/tsc-output.ts';
import { wrapLines } from '../../text/wrap-lines.ts';
import { printable, printableLine } from '../../wsgi/printable.ts';

const INDENT = '    ';

/**
 * An error of the TypeScript compiler as a terminal shows it: `mysite/settings.ts:12:3 TS2322 Type …`, with its explanations
 * below it, as deep as the compiler has them.
 *
 * @param columns How wide the terminal is. @default any width
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
