type TransformSync = typeof import('oxc-transform').transformSync;

/** Stands for a module in an answer of the transform, and is never loaded. */
const ASSIGNED = 'startproject:assigned/';

/**
 * Finds the imports that a module assigns to. The module-runner transform leaves them in the code as names that nobody
 * declares.
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

/** What looks like an assignment may be one to another variable of that name. */
function maybeAssigned(names: readonly string[], code: string): string[] {
  return names.filter((name) => {
    const word = `(?<![.\\w$#])${name.replaceAll('$', '\\$')}(?![\\w$])`;
    const direct = `(?<!\\b(?:const|let|var) )${word}\\s*(?:=(?![=>])|(?:[-+*/%&|^]|\\*\\*|<<|>>>?|&&|\\|\\||\\?\\?)=(?!=)|\\+\\+|--)|(?:\\+\\+|--)${word}`;
    const patterns = `(?<!\\b(?:const|let|var) ?)[[{](?:[^;\\n]*[\\s,.:[{])?${word}[^;\\n]*[\\]}]\\)*\\s*=(?![=>])|\\bfor(?: await)? \\(${word}`;
    return new RegExp(`${direct}|${patterns}`).test(code);
  });
}
