import { decode } from '@jridgewell/sourcemap-codec';
import type { SourceMap } from 'oxc-transform';
import type { SplitModule } from './module-header.ts';

/** The local names of an import statement. */
export interface ImportClause {
  readonly namespace?: string;
  /** The imported name for each local name. */
  readonly names: ReadonlyMap<string, string>;
}

/** A statement that imports a default and a namespace, and the two statements that can replace it. */
interface DoubleImport {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

export interface ImportClauses {
  /** One clause for each import. Undefined for a statement without names. */
  readonly clauses: readonly (ImportClause | undefined)[];
  readonly doubles: readonly DoubleImport[];
}

/**
 * Reads the import statements of a module. The source map of its transform gives their places.
 *
 * @param source The code before the transform.
 */
export function readClauses(
  source: string,
  { header, importLines }: Pick<SplitModule, 'header' | 'importLines'>,
  map: SourceMap,
): ImportClauses {
  // Only the lines of imports are decoded. To decode all lines would take most of the time.
  const segments = decode(map.mappings.split(';', Math.max(-1, ...importLines) + 1).join(';'));
  const starts = lineStarts(source);
  const doubles: DoubleImport[] = [];
  const clauses = importLines.map((line, index) => {
    const { variable } = header.imports[index]!;
    const offsetAt = (column: number) => {
      const segment = segments[line]?.find(([at]) => at === column);
      return segment?.length === 1 || segment === undefined ? undefined : starts[segment[2]]! + segment[3];
    };
    const start = offsetAt(0);
    const end = offsetAt(`const ${variable} = await __vite_ssr_import__(`.length);
    if (start === undefined || end === undefined) return undefined;
    const clause = parseClause(source.slice(start, end));
    if (clause?.namespace !== undefined && clause.names.size > 0) {
      const [specifier] = /^(["'])(?:[^"'\\]|\\.|(?!\1)["'])*\1/.exec(source.slice(end)) ?? [''];
      const [local] = clause.names.keys();
      const replacement = `import * as ${clause.namespace} from ${specifier};import ${local} from `;
      const lines = source.slice(start, end).split('\n').length - 1;
      doubles.push({ start, end, replacement: replacement + '\n'.repeat(lines) });
    }
    return clause;
  });
  return { clauses, doubles };
}

/** Replaces each double statement by two statements. */
export function withoutDoubles(code: string, doubles: readonly DoubleImport[]): string {
  let text = '';
  let position = 0;
  for (const { start, end, replacement } of doubles) {
    text += code.slice(position, start) + replacement;
    position = end;
  }
  return text + code.slice(position);
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/**
 * Reads the text between `import` and the specifier.
 *
 * @returns undefined for a statement without names.
 */
export function parseClause(text: string): ImportClause | undefined {
  const clause = text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, ' ').trim();
  const [, ahead, listed] = /^import\s*([^{]*)(?:\{([^}]*)\})?\s*,?\s*from$/.exec(clause) ?? [];
  if (ahead === undefined) return undefined;
  const names = new Map<string, string>();
  const [, first, namespace] = /^([^\s,*]+)?\s*,?\s*(?:\*\s*as\s+(\S+))?/.exec(ahead.trim()) ?? [];
  if (first !== undefined) names.set(first, 'default');
  for (const entry of listed?.split(',') ?? []) {
    const [, quoted, imported, local] = /^\s*(?:(["'].*["'])|(\S+))(?:\s+as\s+(\S+))?\s*$/.exec(entry) ?? [];
    if (imported !== undefined) names.set(local ?? imported, imported);
    else if (quoted !== undefined && local !== undefined)
      names.set(local, JSON.parse(`"${quoted.slice(1, -1)}"`));
  }
  return { names, ...(namespace !== undefined && { namespace }) };
}
