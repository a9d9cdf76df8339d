import { DEFAULT_NAME, type NamedBody } from './import-names.ts';
import type { ModuleHeader } from './module-header.ts';

/** The parameters of a wrapped CommonJS module, in order. */
export const COMMONJS_PARAMETERS = ['exports', 'require', 'module', '__filename', '__dirname'] as const;

/** Wraps CommonJS code in a script that evaluates to a function. */
export function wrapCommonjs(code: string): string {
  const parameters = [...COMMONJS_PARAMETERS, '__vite_ssr_dynamic_import__'].join(', ');
  // A hashbang is allowed only on the first line of a file, and the wrapper's line comes before it.
  return `(function (${parameters}) {\n${code.replace(/^#!/, '//')}\n})`;
}

/** Returns a default export without a name. V8's message for an early access would contain a name of this package. */
const RETURN_DEFAULT = `return ${DEFAULT_NAME}}catch(e){e.message="Cannot access 'default' before initialization";throw e}`;

interface WrappedModule {
  readonly header: ModuleHeader;
  readonly named: NamedBody;
  /** Whether some names of the body are looked up while it runs: see `ScopedImport`. */
  readonly hasScope: boolean;
  readonly isAsync: boolean;
  readonly hasCommonjsScope: boolean;
  /** Whether an ES module has `import a = require()`, which is compiled to Node's `require()`. */
  readonly hasRequire: boolean;
}

/**
 * Wraps the body of an ES module in a script that evaluates to a generator. Its two steps are ECMAScript's linking and
 * evaluation. The first step ends at `yield`. It only provides the exports, as getters, and a function that takes the
 * imports, so that the modules of a cycle can call each other's functions. The second step is the body. A module with a
 * top-level `await` is an asynchronous generator, whose first step is synchronous too.
 */
export function wrapModule(module: WrappedModule): string {
  const { header, named, hasScope, isAsync, hasCommonjsScope, hasRequire } = module;
  const parameters = [
    '__startproject_module__',
    '__vite_ssr_dynamic_import__',
    '__vite_ssr_import_meta__',
    // Only for CommonJS: an ES module may declare these names itself.
    ...(hasCommonjsScope ? COMMONJS_PARAMETERS : []),
    ...(hasRequire ? ['require'] : []),
  ].join(',');
  const getters = header.exports.map(({ name, expression }) => {
    const read = expression === DEFAULT_NAME ? `try{${RETURN_DEFAULT}` : `return ${expression}`;
    return `get ${JSON.stringify(name)}(){${read}}`;
  });
  const variables = header.imports.map(({ variable }, index) => ({ name: variable, import: index }));
  const bound = [...variables, ...named.namespaces];
  const bind = bound.map(({ name, import: index }) => `${name}=i[${index}]`).join(';');
  const declared = [...bound.map(({ name }) => name), ...named.spoken];
  const declarations = declared.length > 0 ? `var ${declared.join(',')};` : '';
  const exported = `{__proto__:__startproject_module__.prototype,${getters.join(',')}}`;
  // The parentheses let V8 compile the function together with the script. Otherwise it is compiled during the load, for
  // which requests wait.
  const takeImports = bind === '' ? 'undefined' : `(function(i){${bind}})`;
  const hoisted = named.hasHoistedDefault ? `,${DEFAULT_NAME}` : '';
  const start = `__startproject_module__.link(${exported},${takeImports}${hoisted});yield;`;
  const end = isAsync ? '__startproject_module__.end();' : '';
  const keyword = `${isAsync ? 'async ' : ''}function*`;
  const body = `{'use strict';${declarations}${start}\n${named.body}\n${end}}`;
  if (!hasScope) return `(${keyword}(${parameters})${body})`;
  return `(function(${parameters}){with(__startproject_module__.scope)return(${keyword}()${body}).call(${hasCommonjsScope ? 'this' : ''})})`;
}
