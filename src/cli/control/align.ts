/**
 * Formats the lines of a table. Columns have the width of their content and are separated by two spaces. They are
 * right-aligned, and the last one is left-aligned.
 */
export function align(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row.map((cell, column) => (column === row.length - 1 ? cell : cell.padStart(widths[column]!))).join('  '),
  );
}
