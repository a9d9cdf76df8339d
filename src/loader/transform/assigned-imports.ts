type TransformSync = typeof import('oxc-transform').transformSync;

/** A placeholder for a module in the output of the transform. It is never loaded. */
const ASSIGNED = 'startproject:assigned/';

/**
 * Finds the imports that a module assigns to. The module-runner transform leaves them in the code as undeclared names.
 *
 * @param code The code after that transform.
 */
export function assignedImports(
  names: readonly string[],
  code: string,
  transformSync: TransformSync,
): string[] {
  const suspects = maybeAssigned(names, code);
  if (suspects.length === 0) return [];
  const inject = Object.fromEntries(
    suspects.map((name) => [name, [ASSIGNED + name, name] as [string, string]]),
  );
  const { code: answer } = transformSync('module.mjs', code, { inject, sourcemap: false });
  return suspects.filter((name) => answer.includes(`"${ASSIGNED}${name}"`));
}

/** Assignments in the form of the code generator: `name = `, `name += `, `name++`. */
const ASSIGNMENT = / [-+*/%&|^<>?]{0,3}=(?![=>])|\+\+|--/y;
/** Characters before a name: no dot, no quote, no part of a longer name. */
const IS_PART = /[\w$.#"'`\u0080-\uffff]/;
/** A line with a destructuring assignment, or with a loop that declares no variable. */
const PATTERN = /[\]}]\)* =(?![=>])|\bfor(?: await)? \((?!const |let |var |;)|\+\+|--/;

/** The assignment may be one to another variable of the name. */
function maybeAssigned(names: readonly string[], code: string): string[] {
  return names.filter((name) => {
    for (let at = code.indexOf(name); at >= 0; at = code.indexOf(name, at + name.length)) {
      if (at > 0 && IS_PART.test(code[at - 1]!)) continue;
      ASSIGNMENT.lastIndex = at + name.length;
      if (ASSIGNMENT.test(code) || PATTERN.test(lineAt(code, at))) return true;
    }
    return false;
  });
}

function lineAt(code: string, at: number): string {
  const end = code.indexOf('\n', at);
  return code.slice(code.lastIndexOf('\n', at) + 1, end < 0 ? undefined : end);
}
