/** Comments and strings. Strings are matched too, so that `//` in a string is not taken for a comment. */
const COMMENT_OR_STRING =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`/g;

/**
 * Finds the statement of a failed import in a source.
 *
 * @param name The imported name, or `default`. Undefined when the whole module could not be imported.
 * @returns The offset of the name, or of the specifier.
 */
export function findImport(source: string, specifier: string, name?: string): number | undefined {
  const code = withoutComments(source);
  const imports = importsOf(code, specifier).filter(
    ({ clause }) => !/^\w+\s+type\b(?!\s*(?:,|from\b))/.test(clause),
  );
  if (name !== undefined) {
    for (const { clause, start } of imports) {
      const inside = offsetOfName(clause, name);
      if (inside !== undefined) return start + inside;
    }
  }
  const [first] = imports;
  if (first !== undefined) return first.end;
  const anywhere = code.search(new RegExp(`(['"\`])${escapeRegExp(specifier)}\\1`));
  return anywhere < 0 ? undefined : anywhere + 1;
}

/** The specifiers of a module's static imports. Imports of types are left out, since they do not exist at run time. */
export function loadedSpecifiers(source: string): string[] {
  const code = withoutComments(source);
  const quoted = /(?<=\b(?:from|import|require\s*\()\s*)(['"])([^'"\n]+)\1/g;
  const found = [...code.matchAll(quoted)].filter(({ index }) => {
    const clause = /\b(?:import|export)\b[^;]*$/.exec(
      code
        .slice(0, index)
        .slice(-1000)
        .replace(/[\s\S]*['"]/, ''),
    );
    return !/^\w+\s+type\b(?!\s*(?:,|from\b))/.test(clause?.[0] ?? '');
  });
  return [...new Set(found.map(([, , specifier]) => specifier!))];
}

/** The names that a module exports itself, as far as they can be seen in its source text. */
export function exportedNames(source: string): string[] {
  const code = withoutComments(source);
  const declared =
    /\bexport\s+(?:declare\s+)?(?:abstract\s+)?(?:const|let|var|class|(?:async\s+)?function)\s*\*?\s*([\w$]+)/g;
  const names = [...code.matchAll(declared)].map(([, name]) => name!);
  for (const [, list] of code.matchAll(/\bexport\s*\{([^}]*)\}/g)) {
    names.push(
      ...list!.split(',').map(
        (item) =>
          item
            .trim()
            .split(/\s+as\s+/)
            .at(-1)!,
      ),
    );
  }
  if (/\bexport\s+default\b/.test(code)) names.push('default');
  return [...new Set(names)].filter((name) => name !== '');
}

/** The specifiers of the modules that a name may be imported from, by `import` or `require()`. */
export function originsOf(source: string, name: string): string[] {
  const isBound = new RegExp(String.raw`(?<![\w$.])${escapeRegExp(name)}(?![\w$])`);
  const code = withoutComments(source);
  const statements =
    /\bimport\s+([^'"();]+?)\s*from\s*(['"])([^'"\n]+)\2|\b(?:const|let|var)\s+([^=;]+?)=\s*require\s*\(\s*(['"])([^'"\n]+)\5/g;
  const found: string[] = [];
  for (const [, clause, , imported, pattern, , required] of code.matchAll(statements)) {
    if (isBound.test(clause ?? pattern!)) found.push(imported ?? required!);
  }
  return found;
}

/**
 * The kind of type that a source declares by a name: `an interface` or `a type`. Undefined when the name is no type.
 */
export function typeDeclaration(source: string, name: string): string | undefined {
  const code = withoutComments(source);
  const escaped = escapeRegExp(name);
  const [, keyword] = new RegExp(String.raw`\b(interface|type)\s+${escaped}(?![\w$])`).exec(code) ?? [];
  if (keyword !== undefined) return keyword === 'interface' ? 'an interface' : 'a type';
  const list = String.raw`\b(?:import|export)\s+type\s*\{[^}]*(?<![\w$])${escaped}(?![\w$])`;
  const inList = String.raw`[{,]\s*type\s+(?:[\w$]+\s+as\s+)?${escaped}(?![\w$])`;
  return new RegExp(`${list}|${inList}`).test(code) ? 'a type' : undefined;
}

interface ImportText {
  /** The text from the keyword up to the specifier. */
  readonly clause: string;
  readonly start: number;
  /** The end of the specifier, after its quote. */
  readonly end: number;
}

/** Constructs that name a module: `import`, `export … from`, `import()`, `require()`. */
function importsOf(code: string, specifier: string): ImportText[] {
  const quoted = new RegExp(
    `(?<=\\b(?:from|import|require|import\\s*\\(|require\\s*\\()\\s*)(['"\`])${escapeRegExp(specifier)}\\1`,
    'g',
  );
  return [...code.matchAll(quoted)].map(({ index }) => {
    const before = code.slice(0, index);
    const start = [...before.matchAll(/\b(?:import|export)\b/g)].at(-1)?.index ?? 0;
    return { clause: before.slice(start), start, end: index + 1 };
  });
}

/** The offset of the imported name. The local name after `as` is ignored. */
function offsetOfName(clause: string, name: string): number | undefined {
  if (name === 'default') {
    const binding = /^import\s+(?!type\s+[\w$])[\w$]/.exec(clause);
    if (binding) return binding[0].length - 1;
  }
  const listed = new RegExp(`[{,]\\s*(?:type\\s+)?['"]?(${escapeRegExp(name)})(?![\\w$])`, 'd').exec(clause);
  return listed?.indices?.[1]?.[0];
}

/** Replaces comments by spaces, so that offsets and lines stay the same. */
function withoutComments(source: string): string {
  return source.replace(COMMENT_OR_STRING, (text) =>
    text.startsWith('/') ? text.replace(/[^\n]/g, ' ') : text,
  );
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
