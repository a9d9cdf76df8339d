/** How much of the line is shown behind the mark where the line begins later. */
const BEHIND_MARK = 12;

/** What stands before the code of a line: `  > 12 | `. */
const GUTTER = /^[> ]\s*\d* \| ?/;

/**
 * Cuts the lines of a code frame where the terminal ends: the mark stands below its character only where no line is wrapped. Where
 * the mark would be out of sight, all lines begin further right.
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
