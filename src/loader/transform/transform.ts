import { createRequire } from 'node:module';
import path from 'node:path';
import type { OxcError, SourceMap, TransformOptions, TransformResult } from 'oxc-transform';
import { codeFrame, positionAt } from '../../files/code-frame.ts';
import { SourceSyntaxError } from '../failures/module-errors.ts';
import type { Replacement } from '../positions/replacements.ts';
import type { RuntimeCompilerOptions } from '../resolve/tsconfig.ts';
import { requires, withCommonjsSyntax } from './commonjs-syntax.ts';
import { type ImportClauses, readClauses, withoutDoubles } from './import-clauses.ts';
import { nameImports } from './import-names.ts';
import { type ModuleHeader, type SplitModule, splitModule } from './module-header.ts';
import { COMMONJS_PARAMETERS, wrapCommonjs, wrapModule } from './module-wrapper.ts';
import { completeNamespaces, exportedVariables, mayMergeNamespaces } from './namespaces.ts';
import { type ScopedImport, scopedImports } from './scoped-imports.ts';
import { lowerStandardDecorators, mayHaveDecorators } from './standard-decorators.ts';
import type { ModuleKind, TransformInput } from './transform-input.ts';

export interface TransformedModule extends ModuleHeader {
  readonly kind: ModuleKind;
  /** Whether the body has a top-level `await`. */
  readonly isAsync: boolean;
  /** Whether TypeScript compiles the file to CommonJS. Then `require`, `module` and so on are in its scope. */
  readonly hasCommonjsScope: boolean;
  /** Whether at least some exports are set by `module.exports` or `exports`. */
  readonly hasCommonjsExports: boolean;
  /** Whether an ES module calls `require()`. */
  readonly hasRequire: boolean;
  /** Imports whose names the transform may leave in the body: in assignments and for `eval()`. */
  readonly scoped: readonly ScopedImport[];
  /** The code of a script that evaluates to a function. */
  readonly code: string;
  /** The line of the mappings, from 0, for the first line of `code`. It may be negative. */
  readonly lineOffset: number;
  /** The replacements that were made after the last pass. */
  readonly replacements: readonly Replacement[];
  /**
   * The `mappings` of the source maps from the code back to the source, one for each pass. The last pass comes first.
   */
  readonly mappings: readonly string[];
}

/** The words by which CommonJS code can export. In most files `this` belongs to a method. That does no harm. */
const MAY_EXPORT = /\b(?:exports|module|this|eval|arguments)\b/;

type Oxc = typeof import('oxc-transform');
/** The native calls, which block the thread. */
type NativeCalls = Pick<Oxc, 'transformSync' | 'moduleRunnerTransformSync'>;
let oxc: Oxc | undefined;

const WARM_SOURCE = `import { a } from './a.ts';
export * from './b.ts';
export const warm = (b: number): number => a + b;
export async function load<T>(value: Promise<T>): Promise<T> { return await value; }
`;

/** Runs the transform once: the first call takes some milliseconds longer. */
export function warmTransform(): void {
  transform({ file: 'warm.ts', source: WARM_SOURCE, options: {}, kind: 'esm' });
}

function loadOxc(): Oxc {
  oxc ??= createRequire(import.meta.url)('oxc-transform') as Oxc;
  return oxc;
}

/**
 * Compiles a source file to a script that our module graph can run: types are removed, `import` and `export` are
 * replaced.
 *
 * There are two passes, since the second one accepts JavaScript only. Each is a short native call in this process.
 * esbuild would take longer (`bench/transform.js`).
 *
 * @throws {SourceSyntaxError} with the place in the source.
 */
export function transform(given: TransformInput, natives: NativeCalls = loadOxc()): TransformedModule {
  const input = withCommonjsSyntax(given);
  const { transformSync } = natives;
  const { file, source } = input;
  const mappings: string[] = [];
  let code = source;
  if (needsTypeScriptPass(file)) {
    const stripped = transformSync(file, source, transformOptions(input));
    throwOnError(stripped.errors, input);
    const { code: plain, map } = hasStandardDecorators(input)
      ? lowerStandardDecorators(file, source)
      : stripped;
    const variables = exportedVariables(source, stripped.errors);
    const isIncomplete = variables.length > 0 || mayMergeNamespaces(source);
    code = isIncomplete ? completeNamespaces(plain, loadOxc(), variables) : plain;
    if (map) mappings.unshift(map.mappings);
  }
  if (input.kind === 'cjs' && !hasModuleSyntax(code)) return commonjsModule(code, mappings);

  const rewritten = rewriteModule(code, input, natives);
  if (rewritten.map) mappings.unshift(rewritten.map.mappings);
  const { header, bodyLine } = rewritten;
  const isModule = input.kind === 'esm' || header.imports.length > 0 || header.exports.length > 0;
  const isAsync = hasTopLevelAwait(rewritten.body);
  if (!isModule && !isAsync && !rewritten.body.includes('__vite_ssr_import_meta__'))
    return commonjsModule(rewritten.code, mappings);
  const hasCommonjsScope = input.kind === 'cjs';
  const { named, scoped } = nameBody(rewritten, hasCommonjsScope);
  const hasRequire = !hasCommonjsScope && requires(source, code);
  return {
    ...header,
    kind: 'esm',
    isAsync,
    hasCommonjsScope,
    hasCommonjsExports: hasCommonjsScope && MAY_EXPORT.test(code),
    hasRequire,
    scoped,
    code: wrapModule({ header, named, hasScope: scoped.length > 0, isAsync, hasCommonjsScope, hasRequire }),
    lineOffset: bodyLine - 1,
    replacements: named.replacements.map(([line, ...rest]) => [line + bodyLine, ...rest]),
    mappings,
  };
}

/**
 * Compiles a source file with both passes in other threads. The further steps run in this thread.
 *
 * @throws {SourceSyntaxError} with the place in the source.
 */
export async function transformInThread(given: TransformInput): Promise<TransformedModule> {
  const input = withCommonjsSyntax(given);
  const { file, source } = input;
  const oxc = loadOxc();
  const natives: NativeCalls = { ...oxc };
  let code = source;
  if (needsTypeScriptPass(file)) {
    const stripped = await oxc.transform(file, source, transformOptions(input));
    natives.transformSync = () => stripped;
    code = stripped.code;
  }
  if (input.kind !== 'cjs' || hasModuleSyntax(code)) {
    const rewritten = await oxc.moduleRunnerTransform(moduleName(input), code, { sourcemap: true });
    natives.moduleRunnerTransformSync = (name, text, options) =>
      text === code ? rewritten : oxc.moduleRunnerTransformSync(name, text, options);
  }
  return transform(given, natives);
}

interface RewrittenModule extends SplitModule, ImportClauses {
  readonly code: string;
  readonly map?: SourceMap;
}

/** The second pass: replaces `import` and `export` by variables. */
function rewriteModule(code: string, input: TransformInput, natives: NativeCalls): RewrittenModule {
  const rewritten = natives.moduleRunnerTransformSync(moduleName(input), code, { sourcemap: true });
  throwOnError(rewritten.errors, input);
  const split = splitModule(rewritten.code);
  const hasNames = rewritten.map !== undefined && !code.includes('__vite_ssr_');
  const imports = hasNames ? readClauses(code, split, rewritten.map!) : { clauses: [], doubles: [] };
  // The transform loses the default import of `import a, * as b`.
  if (imports.doubles.length > 0) return rewriteModule(withoutDoubles(code, imports.doubles), input, natives);
  // A hashbang is allowed only on the first line of a file, and the wrapper's line comes before it.
  const body = split.body.replace(/^#!/, '//');
  return { ...split, ...imports, body, code: rewritten.code, map: rewritten.map };
}

/** The file name for the parser. By the extension `.js`, it would take a file without import and export for a script. */
function moduleName({ file, kind }: TransformInput): string {
  return file.replace(/(?:\.[cm]?[jt]sx?)?$/, kind === 'cjs' ? '.js' : '.mjs');
}

function nameBody(module: RewrittenModule, hasCommonjsScope: boolean) {
  const { clauses, code } = module;
  const scoped = scopedImports(clauses, code, loadOxc().transformSync);
  const names = new Set(scoped.map(({ name }) => name));
  const taken: readonly string[] = hasCommonjsScope ? COMMONJS_PARAMETERS : [];
  const isFree = (name: string) => !taken.includes(name);
  return { named: nameImports(module, clauses, { isFree, isScoped: (name) => names.has(name) }), scoped };
}

function commonjsModule(code: string, mappings: readonly string[]): TransformedModule {
  return {
    imports: [],
    exports: [],
    reExports: [],
    stars: [],
    kind: 'cjs',
    isAsync: false,
    hasCommonjsScope: true,
    hasCommonjsExports: true,
    hasRequire: false,
    scoped: [],
    code: wrapCommonjs(code),
    lineOffset: -1,
    replacements: [],
    mappings,
  };
}

function transformOptions({ file, source, options, kind }: TransformInput): TransformOptions {
  return {
    lang: file.endsWith('x') ? 'tsx' : 'ts',
    sourceType: kind === 'cjs' && file.endsWith('.cts') ? 'unambiguous' : 'module',
    // Node 20 runs all of ES2023. Only newer syntax is rewritten: `using`, decorators.
    target: 'es2023',
    sourcemap: true,
    typescript: {
      onlyRemoveTypeImports: options.verbatimModuleSyntax ?? false,
      removeClassFieldsWithoutInitializer: !definesClassFields(options),
    },
    assumptions: { setPublicClassFields: !definesClassFields(options) },
    decorator: {
      // Compiled as legacy decorators, which also rewrites `accessor` fields. No version of Node supports either.
      legacy: options.experimentalDecorators || /\baccessor\b/.test(source),
      emitDecoratorMetadata: options.emitDecoratorMetadata ?? false,
      strictNullChecks: options.strictNullChecks ?? options.strict ?? false,
    },
    jsx: {
      runtime:
        options.jsx === 'react' || (options.jsx === undefined && namesJsxFunction(source))
          ? 'classic'
          : 'automatic',
      development: options.jsx === 'react-jsxdev',
      ...(options.jsxImportSource && { importSource: options.jsxImportSource }),
      ...(options.jsxFactory && { pragma: options.jsxFactory }),
      ...(options.jsxFragmentFactory && { pragmaFrag: options.jsxFragmentFactory }),
    },
  };
}

/** Whether a comment sets the JSX factory: `@jsx h`. */
function namesJsxFunction(source: string): boolean {
  return /@jsx\s+[\w$]/.test(source);
}

/** TypeScript's default for `useDefineForClassFields`: true for a target of ES2022 or later, and without a `target`. */
function definesClassFields({ useDefineForClassFields, target }: RuntimeCompilerOptions): boolean {
  if (useDefineForClassFields !== undefined) return useDefineForClassFields;
  const year = /^es(\d+)$/i.exec(target ?? '')?.[1];
  return year === undefined || Number(year) >= 2022;
}

/** Whether the first pass left standard decorators. Compiled as legacy ones, they would become calls of helpers. */
function hasStandardDecorators(input: TransformInput): boolean {
  if (input.options.experimentalDecorators || !mayHaveDecorators(input.source)) return false;
  const asLegacy = { ...input, options: { ...input.options, experimentalDecorators: true } };
  const { code } = loadOxc().transformSync(input.file, input.source, transformOptions(asLegacy));
  return code.includes('@oxc-project/runtime/helpers/decorate');
}

function needsTypeScriptPass(file: string): boolean {
  return /\.(?:[cm]?ts|[jt]sx)$/.test(file);
}

// In a module, `import` or `export` at the start of a line is a declaration, except in a template or a comment. A
// CommonJS file with such a template or comment only gets a needless second pass.
function hasModuleSyntax(code: string): boolean {
  return /^[ \t]*(?:import\b|export\b)|\bimport\s*\(/m.test(code);
}

/**
 * Whether a body has an `await` outside of any function. V8's parser decides: in a static block `await` is reserved,
 * and it is allowed again in the functions inside.
 */
function hasTopLevelAwait(body: string): boolean {
  if (!/\bawait\b/.test(body)) return false;
  try {
    new Function(`class _{static{${body}\n}}`);
    return false;
  } catch {
    return true; // Also true for code with another error, which is reported when it runs.
  }
}

function throwOnError(errors: TransformResult['errors'], { file, source }: TransformInput): void {
  const error = errors.find(({ severity }) => (severity as string) === 'Error');
  if (error) throw syntaxError(error, file, source);
}

function syntaxError(error: OxcError, file: string, source: string): SourceSyntaxError {
  const offset = offsetOf(error, source);
  const location = { file, ...(offset !== undefined && positionAt(source, offset)) };
  return new SourceSyntaxError(error.message, location, codeFrame(location, source), error.helpMessage);
}

function offsetOf({ labels: [label] }: OxcError, source: string): number | undefined {
  // oxc counts UTF-8 bytes; the source is UTF-16.
  return label && Buffer.from(source).subarray(0, label.start).toString().length;
}

// Node 20 only: later versions give the place in the error of `JSON.parse`.
/** Where JSON has a syntax error. */
export function findSyntaxError(source: string): number | undefined {
  const [error] = loadOxc().transformSync('expression.js', source, { sourcemap: false }).errors;
  return error && offsetOf(error, source);
}

/** The kind of a module, when its extension alone decides it. */
export function kindByExtension(file: string): ModuleKind | undefined {
  const extension = path.extname(file);
  if (extension === '.mts' || extension === '.mjs') return 'esm';
  if (extension === '' || /^\.[jt]sx?$/.test(extension)) return undefined;
  return 'cjs'; // Unknown extensions too: only `require()` loads them.
}
