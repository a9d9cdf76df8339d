import type { Place } from './place.ts';

const DECLARATION =
  /^(?:export\s+)?(?:default\s+)?(?:async\s+)?(?:function\s*\*?|class|const|let|var)\s+([\w$]+)/;

/**
 * The name of the top-level declaration that a place lies in. A middleware is known by it: the function that runs is
 * an inner one, which more often than not has no name. Files are taken to be indented, as formatters do.
 */
export function declarationAround({ file, line }: Place): string | undefined {
  const lines = readLines(file);
  for (let index = Math.min(line, lines.length) - 1; index >= 0; index--) {
    if (/^[A-Za-z@]/.test(lines[index]!)) return DECLARATION.exec(lines[index]!)?.[1];
  }
  return undefined;
}

/** Not imported, since a runtime may be without files: names are missing there, and no more. */
function readLines(file: string): readonly string[] {
  try {
    return globalThis.process.getBuiltinModule('node:fs').readFileSync(file, 'utf8').split('\n');
  } catch {
    return []; // A file that is gone, or never was one, has no names to give.
  }
}
