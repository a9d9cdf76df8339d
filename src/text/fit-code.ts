/** How many characters are shown after the mark if the beginning of the line is cut. */
const BEHIND_MARK = 12;

/** Matches the prefix of a code line: `  > 12 | `. */
const GUTTER = /^[> ]\s*\d* \| ?/;

/**
 * Cuts the lines of a code frame at the width of the terminal, since the mark is below its character only if no line
 * wraps. If the mark would be outside, the beginning of all lines is cut.
 */
export function fitCode(code: string, columns: number): string[] {
  const lines = code.split('\n');
  const mark = lines.find((line) => line.endsWith('^'))?.length ?? 0;
  const shift = mark < columns ? 0 : mark + BEHIND_MARK - columns;
  return lines.map((line) => {
    const [gutter = ''] = GUTTER.exec(line) ?? [];
    const rest = line.slice(gutter.length);
    const isMark = rest.trim() === '^';
    const start = shift > 0 && !isMark && rest.length > 0 ? '…' : '';
    const shown = gutter + (shift > 0 ? start + rest.slice(shift + start.length) : rest);
    return shown.length <= columns ? shown : `${shown.slice(0, columns - 1)}…`;
  });
}
