/**
 * Breaks lines between words, so that a terminal does not break them in the middle of one: a path that is broken cannot be
 * opened by a click. A word that is too long has a line of its own. Lines that are indented stay as they are.
 *
 * @param indent What the further lines of a line begin with.
 */
export function wrapLines(text: string, columns: number, indent = ''): string {
  return text
    .split('\n')
    .map((line) => (line.length <= columns || line.startsWith(' ') ? line : wrapLine(line, columns, indent)))
    .join('\n');
}

function wrapLine(line: string, columns: number, indent: string): string {
  const [first = '', ...words] = line.split(' ');
  const lines: string[] = [];
  let current = first;
  for (const word of words) {
    if (current.length + 1 + word.length <= columns) {
      current += ` ${word}`;
    } else {
      lines.push(current);
      current = indent + word;
    }
  }
  return [...lines, current].join('\n');
}
