/** Generated column, and the line and column that it came from; all from 0. */
export type Segment = readonly [column: number, sourceLine: number, sourceColumn: number];

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/**
 * Reads the mappings of a map with one source (ECMA-426): all numbers but the column count on from line to line.
 *
 * @param lines How many lines to read. @default all
 */
export function decode(mappings: string, lines?: number): Segment[][] {
  const last = { line: 0, column: 0 };
  return mappings.split(';', lines).map((line) => {
    let generated = 0;
    return line.split(',').flatMap((text): Segment[] => {
      const [column, , sourceLine, sourceColumn] = numbers(text);
      generated += column ?? 0;
      if (sourceLine === undefined || sourceColumn === undefined) return [];
      last.line += sourceLine;
      last.column += sourceColumn;
      return [[generated, last.line, last.column]];
    });
  });
}

/** The reverse of `decode()`. */
export function encode(lines: readonly (readonly Segment[])[]): string {
  const last = { line: 0, column: 0 };
  const encoded = lines.map((segments) => {
    let generated = 0;
    const texts = segments.map(([column, sourceLine, sourceColumn]) => {
      const deltas = [column - generated, 0, sourceLine - last.line, sourceColumn - last.column];
      generated = column;
      last.line = sourceLine;
      last.column = sourceColumn;
      return deltas.map(digits).join('');
    });
    return texts.join(',');
  });
  return encoded.join(';');
}

/** Base64 VLQ: five bits a digit, the lowest first, a sixth when more follow; the first bit of all is the sign. */
function numbers(text: string): number[] {
  const found: number[] = [];
  let value = 0;
  let shift = 0;
  for (const character of text) {
    const digit = DIGITS.indexOf(character);
    value += (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    found.push(value & 1 ? -(value >> 1) : value >> 1);
    value = 0;
    shift = 0;
  }
  return found;
}

function digits(value: number): string {
  let rest = value < 0 ? (-value << 1) | 1 : value << 1;
  let text = '';
  do {
    const digit = rest & 31;
    rest >>= 5;
    text += DIGITS[rest > 0 ? digit | 32 : digit];
  } while (rest > 0);
  return text;
}
