/**
 * Wraps lines between words. Otherwise a terminal would break them within a word, and a broken path cannot be opened by
 * a click. A word that is too long has its own line. Indented lines stay unchanged.
 *
 * @param indent The prefix of continuation lines.
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
