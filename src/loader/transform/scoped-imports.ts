import type { ImportClause } from './import-clauses.ts';

type TransformSync = typeof import('oxc-transform').transformSync;

/**
 * An import whose local name is looked up while the module runs, in the object of a `with` statement around its body.
 */
export interface ScopedImport {
  readonly name: string;
  /** Index of the import. */
  readonly import: number;
  /** The imported name. Undefined for the whole namespace. */
  readonly imported: string | undefined;
}

/** Marks the assignments that the transform adds to name an import: see `importScope()`. */
export const NAMED = '__startproject_named__';

/** The specifier of a placeholder module in the output of the transform. It is never loaded. */
const ASSIGNED = 'startproject:assigned/';
const DIRECT_EVAL = /(?<![\w$.])eval\(/;

/**
 * Finds the imports whose names the module-runner transform may leave in the code: names that are assigned to, and
 * names in modules with a direct `eval()`.
 *
 * @param clauses One clause for each import.
 * @param code The output of that transform.
 */
export function scopedImports(
  clauses: readonly (ImportClause | undefined)[],
  code: string,
  transformSync: TransformSync,
): ScopedImport[] {
  const imports = clauses.flatMap((clause, index) => localNames(clause, index));
  const hasEval = DIRECT_EVAL.test(code);
  // The variable of a namespace never changes, so `eval()` can read it directly.
  const isEvaluated = ({ imported }: ScopedImport) => hasEval && imported !== undefined;
  const mayBeAssigned = assignmentFinder(code);
  const suspects = imports.filter((one) => !isEvaluated(one) && mayBeAssigned(one.name));
  const assigned = assignedNames(
    suspects.map(({ name }) => name),
    code,
    transformSync,
  );
  return imports.filter((one) => isEvaluated(one) || assigned.has(one.name));
}

/** The names that are still in the code after the transform, because the code assigns to them. */
export function assignedNames(
  names: readonly string[],
  code: string,
  transformSync: TransformSync,
): ReadonlySet<string> {
  if (names.length === 0) return new Set();
  const inject = Object.fromEntries(names.map((name) => [name, [ASSIGNED + name, name] as [string, string]]));
  const { code: answer } = transformSync('module.mjs', code, { inject, sourcemap: false });
  return new Set(names.filter((name) => answer.includes(`"${ASSIGNED}${name}"`)));
}

function localNames(clause: ImportClause | undefined, index: number): ScopedImport[] {
  if (clause === undefined) return [];
  const { namespace, names } = clause;
  return [
    ...(namespace === undefined ? [] : [{ name: namespace, import: index, imported: undefined }]),
    ...[...names].map(([name, imported]) => ({ name, import: index, imported })),
  ];
}

/** Assignments in the form of the code generator: `name = `, `name += `, `name++`. */
const ASSIGNMENT = / [-+*/%&|^<>?]{0,3}=(?![=>])|\+\+|--/y;
/** The text before a match that is not the name itself: a single dot, a quote, or a part of a longer name. */
const IS_OTHER = /(?:[\w$#"'`\u0080-\uffff]|(?<!\.\.)\.)$/;
/** A line with a destructuring assignment, or with a loop that declares no variable. */
const PATTERN = /[\]}]\)* =(?![=>])|\bfor(?: await)? \((?!const |let |var |;)|\+\+|--/;

/** The last line of a destructuring pattern of several lines. */
const END_OF_PATTERN = /^\t*[\]}](?:.*[\]}])?\)*(?: =(?![=>])| of | in )/m;

/** Returns a function that tells whether the code may assign to a name. It may be another variable of the same name. */
function assignmentFinder(code: string): (name: string) => boolean {
  let hasLongPattern: boolean | undefined;
  const isInPattern = (at: number) => {
    if (PATTERN.test(lineAt(code, at))) return true;
    hasLongPattern ??= END_OF_PATTERN.test(code);
    return hasLongPattern;
  };
  return function mayBeAssigned(name) {
    for (let at = code.indexOf(name); at >= 0; at = code.indexOf(name, at + name.length)) {
      if (IS_OTHER.test(code.slice(Math.max(0, at - 3), at))) continue;
      ASSIGNMENT.lastIndex = at + name.length;
      if (ASSIGNMENT.test(code) || isInPattern(at)) return true;
    }
    return false;
  };
}

function lineAt(code: string, at: number): string {
  const end = code.indexOf('\n', at);
  return code.slice(code.lastIndexOf('\n', at) + 1, end < 0 ? undefined : end);
}
