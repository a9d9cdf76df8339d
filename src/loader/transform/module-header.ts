/** The imports and exports of a module. They are at the start of the transformed code. */
export interface ModuleHeader {
  /** The imports, in the order of evaluation. */
  readonly imports: readonly ModuleImport[];
  /** Exported names that the module declares itself. */
  readonly exports: readonly { readonly name: string; readonly expression: string }[];
  readonly reExports: readonly ReExport[];
  /** The indexes of the imports that `export *` re-exports. */
  readonly stars: readonly number[];
}

interface ModuleImport {
  readonly specifier: string;
  readonly variable: string;
  /** The imported names. Empty for a namespace import and for an import without names. */
  readonly names: readonly string[];
}

/** For `export { imported as name } from`. `imported` is undefined for the whole namespace. */
interface ReExport {
  readonly name: string;
  readonly import: number;
  readonly imported: string | undefined;
}

export interface SplitModule {
  readonly header: ModuleHeader;
  readonly body: string;
  /** The first line of the body, counted from 0. */
  readonly bodyLine: number;
  /** The line of each import, counted from 0. */
  readonly importLines: readonly number[];
}

const STRING = String.raw`"(?:[^"\\]|\\.)*"`;
const SKIPPED = /#![^\n]*|\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|"use strict";/y;
const EXPORT = new RegExp(
  String.raw`Object\.defineProperty\(__vite_ssr_exports__, (${STRING}), \{\s*enumerable: true,\s*configurable: true,\s*get\(\) \{\s*return ([^;]+);\s*\}\s*\}\);`,
  'y',
);
const IMPORT = new RegExp(
  String.raw`const (__vite_ssr_import_\d+__) = await __vite_ssr_import__\((${STRING})(?:, \{ importedNames: (\[(?:\s*${STRING},?)*\s*\]) \})?\);`,
  'y',
);
const STAR = /__vite_ssr_exportAll__\((__vite_ssr_import_\d+__)\);/y;
const IMPORTED = new RegExp(String.raw`^(__vite_ssr_import_\d+__)(?:\.([\w$]+|[^\s.[(]+)|\[(${STRING})\])?$`);

/**
 * Removes the declarations that the module-runner transform writes before the body of a module. A code generator writes
 * them, so they always have the same form.
 */
export function splitModule(code: string): SplitModule {
  const imports: ModuleImport[] = [];
  const bound: { name: string; expression: string }[] = [];
  const starVariables: string[] = [];
  const importLines: number[] = [];
  let line = 0;
  let position = 0;
  let bodyStart = 0;
  let bodyLine = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position;
    const match = pattern.exec(code);
    if (match) {
      line += match[0].split('\n').length - 1;
      position += match[0].length;
    }
    return match;
  };
  for (;;) {
    if (take(SKIPPED)) continue;
    const exported = take(EXPORT);
    const start = line;
    const imported = exported ? null : take(IMPORT);
    const star = exported || imported ? null : take(STAR);
    if (exported) bound.push({ name: JSON.parse(exported[1]!), expression: exported[2]! });
    else if (imported) {
      imports.push(toImport(imported));
      importLines.push(start);
    } else if (star) starVariables.push(star[1]!);
    else break;
    bodyStart = position;
    bodyLine = line;
  }

  const indexOf = (variable: string) => imports.findIndex((entry) => entry.variable === variable);
  const exports: { name: string; expression: string }[] = [];
  const reExports: ReExport[] = [];
  for (const { name, expression } of bound) {
    const [, variable, property, quoted] = IMPORTED.exec(expression) ?? [];
    if (variable === undefined) exports.push({ name, expression });
    else
      reExports.push({ name, import: indexOf(variable), imported: quoted ? JSON.parse(quoted) : property });
  }
  // A namespace lists its names in code-unit order (ECMAScript, 10.4.6).
  exports.sort((a, b) => (a.name < b.name ? -1 : 1));
  const header = { imports, exports, reExports, stars: starVariables.map(indexOf) };
  // The body begins on a new line, or on the last line of a declaration.
  if (code[bodyStart] === '\n') bodyLine += 1;
  return { header, body: code.slice(bodyStart).replace(/^\n/, ''), bodyLine, importLines };
}

function toImport([, variable, specifier, names]: RegExpExecArray): ModuleImport {
  const parsed: string[] = names === undefined ? [] : JSON.parse(names);
  return { variable: variable!, specifier: JSON.parse(specifier!), names: parsed };
}
