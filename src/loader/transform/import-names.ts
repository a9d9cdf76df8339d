import { type Replacement, Replacer } from '../positions/replacements.ts';
import type { ImportClause } from './import-clauses.ts';
import type { SplitModule } from './module-header.ts';
import { NAMED } from './scoped-imports.ts';

/** A name in the output of the transform. Expressions with Unicode properties are slow to compile. */
const NAME = String.raw`[A-Za-z$_\u0080-\uffff][\w$\u0080-\uffff]*`;
const STRING = String.raw`"(?:[^"\\]|\\.)*"`;
const WHOLE_NAME = new RegExp(`^${NAME}$`);

const IMPORTED = String.raw`(?<variable>__vite_ssr_import_\d+__)(?<member>\.${NAME}|\[${STRING}\])?`;
/** The start of a statement that destructures an iterable. */
const ITERATION = String.raw`^\t*(?:(?:const|let) \[[^=]*\] =|yield\*) `;
/**
 * `import.meta` and `import()` where V8 may write them into an error message: in calls of members and in destructuring.
 */
const META = '__vite_ssr_import_meta__';
const IS_CALLED = `(?=(?:\\??\\.${NAME}|\\[${STRING}\\])*(?:\\?\\.)?[(\`])`;
const UNNAMED = `${META}${IS_CALLED}|(?<=\\} = )${META}(?=\\.)|__vite_ssr_dynamic_import__\\(${STRING}\\)(?=\\.${NAME}[(\`])`;
/** The end of `(0, __vite_ssr_import_0__.late)`. */
const CLOSING = String.raw`(?<closing>(?<=\(0, __vite_ssr_import_\d+__[^(),]*)\))?`;
/** The transform's name for a default export without a name. */
export const DEFAULT_NAME = '__vite_ssr_export_default__';
/**
 * An anonymous function as default export. It is a function declaration, so other modules of a cycle may call it early.
 */
const DEFAULT = String.raw`^const ${DEFAULT_NAME} = (?<kind>(?:async )?function\*? ?)(?=\()`;
const USES = new RegExp(
  `${DEFAULT}|(?<start>${ITERATION})?(?<called>\\(0, )?${IMPORTED}${CLOSING}|(?<unnamed>${UNNAMED})`,
  'g',
);

export interface NamedBody {
  readonly body: string;
  /** Lines count from the first line of the body. */
  readonly replacements: readonly Replacement[];
  /** Variables that are assigned and never read. V8 uses their names in its messages. */
  readonly spoken: readonly string[];
  /** Whether the default export is a function without a name. */
  readonly hasHoistedDefault: boolean;
  /** Namespace imports that keep their own names in the body. */
  readonly namespaces: readonly { readonly name: string; readonly import: number }[];
}

interface NameRules {
  /** Whether the module has no variable of this name yet. */
  readonly isFree: (name: string) => boolean;
  readonly isScoped: (name: string) => boolean;
}

/**
 * Gives imports the names that they have in the source, since V8 writes code into error messages. The transform turns a
 * call `late()` into `(0, __vite_ssr_import_0__.late)()`. The form `(late = __vite_ssr_import_0__.late)()` is the same
 * call, but its message is "late is not a function", because V8 writes the target of an assignment.
 *
 * @param clauses One clause for each import.
 */
export function nameImports(
  { header, body }: SplitModule,
  clauses: readonly (ImportClause | undefined)[],
  { isFree, isScoped }: NameRules,
): NamedBody {
  const namesOf = new Map(
    header.imports.map(({ variable }, index) => [variable, importedAs(clauses[index])]),
  );
  const namespaceOf = new Map<string, string>();
  const isUsable = (name: string | undefined): name is string =>
    name !== undefined && WHOLE_NAME.test(name) && isFree(name);
  const namespaces = header.imports.flatMap(({ variable }, index) => {
    const name = clauses[index]?.namespace;
    if (!isUsable(name) || isScoped(name)) return [];
    namespaceOf.set(variable, name);
    return [{ name, import: index }];
  });
  const spoken = new Set<string>();
  let hasHoistedDefault = false;
  const replacer = new Replacer(body);
  replacer.replace('__vite_ssr_', USES, ({ 0: use, groups }, rest) => {
    const { kind, start = '', called = '', variable, member = '', closing = '', unnamed } = groups!;
    if (kind !== undefined) {
      hasHoistedDefault = true;
      return `${kind.trimEnd()} ${DEFAULT_NAME}`;
    }
    // For the result of a class expression V8 writes "(intermediate value)", as it does for `import.meta`.
    if (unnamed !== undefined) return `(new class{constructor(){return ${unnamed}}})`;
    const namespace = namespaceOf.get(variable!);
    if (namespace !== undefined) return `${start}${called}${namespace}${member}${closing}`;
    const name = namesOf.get(variable!)?.get(importedName(member));
    if (!isUsable(name)) return use;
    if (!isScoped(name)) spoken.add(name);
    const value = `${variable}${member}`;
    const assignment = `${name}=${isScoped(name) ? `${NAMED}(${value})` : value}`;
    // For the message "late is not iterable", the variable itself must be iterated.
    const isIterated = start !== '' && (called !== '' || rest === ';');
    return isIterated ? `${assignment};${start.trimStart()}${name}` : `${start}(${assignment})`;
  });
  const { text, replacements } = replacer;
  return { body: text, replacements, spoken: [...spoken], hasHoistedDefault, namespaces };
}

/** The local name of each import. Undefined when an import has several local names. */
function importedAs(clause: ImportClause | undefined): ReadonlyMap<string, string | undefined> {
  const names = new Map<string, string | undefined>();
  for (const [local, imported] of clause?.names ?? [])
    names.set(imported, names.has(imported) ? undefined : local);
  return names;
}

function importedName(member: string): string {
  return member.startsWith('[') ? JSON.parse(member.slice(1, -1)) : member.slice(1);
}
