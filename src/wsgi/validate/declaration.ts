import type { Place } from './place.ts';

const DECLARATION =
  /^(?:export\s+)?(?:default\s+)?(?:async\s+)?(?:function\s*\*?|class|const|let|var)\s+([\w$]+)/;

/**
 * The name of the top-level declaration around a place, by which a middleware is named: its inner function usually has
 * no name. It relies on the usual indentation of formatted code.
 */
export function declarationAround({ file, line }: Place): string | undefined {
  const lines = readLines(file);
  for (let index = Math.min(line, lines.length) - 1; index >= 0; index--) {
    if (/^[A-Za-z@]/.test(lines[index]!)) return DECLARATION.exec(lines[index]!)?.[1];
  }
  return undefined;
}

/** Not a static import, since some runtimes have no file system. There, only the names are missing. */
function readLines(file: string): readonly string[] {
  try {
    return globalThis.process.getBuiltinModule('node:fs').readFileSync(file, 'utf8').split('\n');
  } catch {
    return []; // The file does not exist, so there are no names.
  }
}
