import type { SourceLocation } from '../errors.ts';
import { readTextIfThere } from './regular-file.ts';

/** How many lines are shown before and after the place. */
interface FrameExtent {
  readonly before: number;
  readonly after: number;
}

/**
 * The lines around a place, with a mark below its column:
 *
 *       4 | export const urlpatterns = [
 *     > 5 |   path('', home,
 *         |            ^
 *
 * @returns undefined when the file cannot be read or has no such line.
 */
export function codeFrame(
  { file, line, column }: SourceLocation,
  source?: string,
  { before, after }: FrameExtent = { before: 2, after: 2 },
): string | undefined {
  if (line === undefined) return undefined;
  const lines = (source ?? readTextIfThere(file))?.split(/\r?\n/);
  if (lines?.[line - 1] === undefined) return undefined;
  const first = Math.max(1, line - before);
  const last = Math.min(lines.length, line + after);
  const width = String(last).length;
  const frame: string[] = [];
  for (let n = first; n <= last; n++) {
    frame.push(`${n === line ? '>' : ' '} ${String(n).padStart(width)} | ${lines[n - 1]}`.trimEnd());
    if (n === line && column !== undefined) {
      // Tabs are kept, so that the mark is below its character at any tab width.
      const indent = lines[n - 1]!.slice(0, column - 1).replace(/[^\t]/g, ' ');
      frame.push(`  ${' '.repeat(width)} | ${indent}^`);
    }
  }
  return frame.join('\n');
}

/** The line and the column of an offset in a text. Both begin with 1. */
export function positionAt(source: string, offset: number): { line: number; column: number } {
  const before = source.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}
