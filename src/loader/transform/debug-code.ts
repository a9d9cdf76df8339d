import type { SourceMap as SourceMapReader } from 'node:module';
import { pathToFileURL } from 'node:url';
import { decode, encode, type SourceMapSegment } from '@jridgewell/sourcemap-codec';
import type { SourceMap } from 'oxc-transform';
import { columnAfter } from '../positions/replacements.ts';
import { type CodeMaps, readerOf } from '../positions/stack-trace.ts';

/** Executable code and its mapping back to the source. */
interface MappedCode extends CodeMaps {
  readonly code: string;
}

/**
 * Adds one inline source map for all steps of the transform, so that a debugger can set breakpoints in the source. The
 * map starts at the first line of the code, since debuggers handle code that starts elsewhere in different ways.
 */
export function debugCode(file: string, source: string, mapped: MappedCode): MappedCode {
  const { code, mappings, lineOffset, replacements } = mapped;
  const [last, ...steps] = mappings;
  if (last === undefined) return mapped;
  const readers = steps.map(readerOf);
  const lines = decode(last).map((line, index) =>
    line.flatMap(([column, , sourceLine, sourceColumn]) =>
      sourceLine === undefined || sourceColumn === undefined
        ? []
        : original([columnAfter(replacements, index, column), 0, sourceLine, sourceColumn], readers),
    ),
  );
  const shifted = lineOffset < 0 ? [...Array(-lineOffset).fill([]), ...lines] : lines.slice(lineOffset);
  const map: SourceMap = {
    version: 3,
    sources: [pathToFileURL(file).href],
    sourcesContent: [source],
    names: [],
    // The first line belongs to the wrapper.
    mappings: encode([[], ...shifted.slice(1)]),
  };
  const url = `data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`;
  return {
    code: `${code}\n//# sourceMappingURL=${url}`,
    mappings: [map.mappings],
    replacements: [],
    lineOffset: 0,
  };
}

function original(
  [column, , ...place]: readonly [number, number, number, number],
  readers: readonly SourceMapReader[],
): SourceMapSegment[] {
  let [line, sourceColumn] = place;
  for (const reader of readers) {
    const entry = reader.findEntry(line, sourceColumn);
    if (!('originalLine' in entry)) return [];
    [line, sourceColumn] = [entry.originalLine, entry.originalColumn];
  }
  return [[column, 0, line, sourceColumn]];
}
