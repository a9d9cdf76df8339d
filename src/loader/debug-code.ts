import { SourceMap as SourceMapReader } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { SourceMap } from 'oxc-transform';
import type { CodeMaps } from './stack-trace.ts';

/** Code that runs, and how it lies to its source. */
export interface MappedCode extends CodeMaps {
  readonly code: string;
}

/** Generated column, and the line and column that it came from; all from 0. */
type Segment = readonly [column: number, sourceLine: number, sourceColumn: number];

/**
 * Adds to a module's code what a debugger needs to set breakpoints in the source: one source map, inline, for all of
 * the steps between. It begins with the code's first line, since debuggers disagree about code that begins elsewhere.
 */
export function debugCode(file: string, source: string, { code, maps, lineOffset }: MappedCode): MappedCode {
  const [last, ...steps] = maps;
  if (last === undefined) return { code, maps, lineOffset };
  const readers = steps.map((map) => new SourceMapReader({ ...map, file, sourceRoot: '' } as never));
  const lines = decode(last.mappings).map((line) => line.flatMap((segment) => original(segment, readers)));
  const shifted = lineOffset < 0 ? [...Array(-lineOffset).fill([]), ...lines] : lines.slice(lineOffset);
  const map: SourceMap = {
    version: 3,
    sources: [pathToFileURL(file).href],
    sourcesContent: [source],
    names: [],
    // The first line is the wrapper's.
    mappings: encode([[], ...shifted.slice(1)]),
  };
  const url = `data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`;
  return { code: `${code}\n//# sourceMappingURL=${url}`, maps: [map], lineOffset: 0 };
}

function original([column, ...place]: Segment, readers: readonly SourceMapReader[]): Segment[] {
  let [line, sourceColumn] = place;
  for (const reader of readers) {
    const entry = reader.findEntry(line, sourceColumn);
    if (!('originalLine' in entry)) return [];
    [line, sourceColumn] = [entry.originalLine, entry.originalColumn];
  }
  return [[column, line, sourceColumn]];
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Reads the mappings of a map with one source (ECMA-426): all numbers but the column count on from line to line. */
function decode(mappings: string): Segment[][] {
  const last = { line: 0, column: 0 };
  return mappings.split(';').map((line) => {
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

function encode(lines: readonly (readonly Segment[])[]): string {
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
