/** A replacement of code within a line: its start, the length of the old code, and that of the new. */
export type Replacement = readonly [line: number, column: number, before: number, after: number];

/**
 * Replaces matches of a pattern and records the replacements, so that places in the new text can be mapped to the old
 * text.
 */
export class Replacer {
  readonly replacements: Replacement[] = [];
  readonly #lines: string[];

  constructor(text: string) {
    this.#lines = text.split('\n');
  }

  get text(): string {
    return this.#lines.join('\n');
  }

  /**
   * @param marker A text that each matching line contains. Other lines are skipped.
   * @param replace Called with the match and the text after it on the line.
   */
  replace(marker: string, pattern: RegExp, replace: (match: RegExpExecArray, rest: string) => string): void {
    this.#lines.forEach((line, index) => {
      if (line.includes(marker)) this.#lines[index] = this.#replaceIn(line, index, pattern, replace);
    });
  }

  #replaceIn(
    line: string,
    index: number,
    pattern: RegExp,
    replace: (match: RegExpExecArray, rest: string) => string,
  ): string {
    let text = '';
    let end = 0;
    // matchAll() would copy the expression for each line.
    pattern.lastIndex = 0;
    for (let match = pattern.exec(line); match !== null; match = pattern.exec(line)) {
      const after = replace(match, line.slice(match.index + match[0].length));
      text += line.slice(end, match.index);
      if (after !== match[0]) this.replacements.push([index, text.length, match[0].length, after.length]);
      text += after;
      end = match.index + match[0].length;
    }
    return text + line.slice(end);
  }
}

/**
 * Maps a column after the replacements to the column before. The ends of a replacement are mapped to the ends of the
 * old code.
 */
export function columnBefore(replacements: readonly Replacement[], line: number, column: number): number {
  let shift = 0;
  for (const [at, start, before, after] of replacements) {
    if (at !== line || start > column) continue;
    if (column < start + after) return Math.max(start, column + before - after) - shift;
    shift += after - before;
  }
  return column - shift;
}

/** Maps a column before the replacements to the column after. */
export function columnAfter(replacements: readonly Replacement[], line: number, column: number): number {
  let shift = 0;
  for (const [at, start, before, after] of replacements) {
    if (at === line && start - shift < column) shift += after - before;
  }
  return column + shift;
}
