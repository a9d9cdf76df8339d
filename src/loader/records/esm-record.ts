import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createCommonjsModule } from '../commonjs/commonjs-module.ts';
import { namespaceFor } from '../commonjs/commonjs-record.ts';
import { CompiledExports } from '../commonjs/compiled-exports.ts';
import { importedNamespace } from '../commonjs/required-namespace.ts';
import type { Resolution } from '../resolve/resolution.ts';
import { DEFAULT_NAME } from '../transform/import-names.ts';
import type { ScopedImport } from '../transform/scoped-imports.ts';
import type { TransformedModule } from '../transform/transform.ts';
import type { GraphAccess } from './graph-access.ts';
import { importScope } from './import-scope.ts';
import type { CommonjsModule, EvaluationState, ModuleRecord, Namespace } from './module-record.ts';
import { NAMESPACE_PROTOTYPE, sealNamespace } from './namespace.ts';

type Body = Generator<void, void, unknown> | AsyncGenerator<void, void, unknown>;
type TakeImports = (namespaces: readonly (Namespace | undefined)[]) => void;
export type ModuleFunction = (...parameters: unknown[]) => Body;

const NOTHING: ReadonlySet<EsmRecord> = new Set();
const NOBODY: readonly EsmRecord[] = [];

/** An ES module of the site, run as a generator (see `module-wrapper.ts`). */
export class EsmRecord implements ModuleRecord {
  readonly id: string;
  readonly file: string;
  readonly source: TransformedModule;
  readonly hasStaticNames: boolean;
  dependencies: readonly ModuleRecord[] = [];
  /** Whether some of its imports or re-exports are known only after its dependencies have run. */
  hasLateNames = false;
  state: EvaluationState = 'linked';
  error?: unknown;
  namespace: Namespace | undefined;
  /** The position in the order of evaluation. Only modules that await, or wait for one that awaits, have it. */
  asyncOrder: number | undefined;
  /**
   * Tarjan's algorithm: the walk that visits the module, its index there, and the lowest index that can be reached from
   * it.
   */
  walk: object | undefined;
  index = 0;
  lowest = 0;
  /** Whether it imports a module of its cycle that may run later. */
  isInCycle = false;
  /** Set for a file that TypeScript compiles to CommonJS. */
  compiled: CompiledExports | undefined;
  /** The module at which the evaluation of its cycle began. A module outside of a cycle is its own root. */
  cycleRoot: EsmRecord | undefined;
  #awaited: Set<EsmRecord> | undefined;
  #asyncParents: EsmRecord[] | undefined;
  #completion: PromiseWithResolvers | undefined;
  #started: Promise<unknown> | undefined;
  #onEnd: (() => void) | undefined;
  #body: Body | undefined;
  #takeImports: TakeImports | undefined;
  readonly #hasUnnamedDefault: boolean;

  constructor(id: string, file: string, source: TransformedModule) {
    this.id = id;
    this.file = file;
    this.source = source;
    this.hasStaticNames = !source.hasCommonjsExports;
    this.#hasUnnamedDefault = source.exports.some(({ expression }) => expression === DEFAULT_NAME);
  }

  /** @param dependencies One record for each import, in the same order. */
  link(dependencies: readonly ModuleRecord[]): void {
    this.dependencies = dependencies;
    this.hasLateNames ||=
      this.source.stars.length > 0 || dependencies.some(({ hasStaticNames }) => !hasStaticNames);
  }

  /** The first step: the bindings exist and functions can be called, but the body has not run. */
  instantiate(run: ModuleFunction, graph: GraphAccess): void {
    const { file, source } = this;
    const module = {
      prototype: NAMESPACE_PROTOTYPE,
      link: (exports: Namespace, takeImports: TakeImports | undefined, hoistedDefault: unknown) => {
        this.namespace = exports;
        this.#takeImports = takeImports;
        nameDefault(hoistedDefault);
      },
      end: () => this.#onEnd!(),
      scope: source.scoped.length > 0 ? importScope(source.scoped, (one) => this.#read(one)) : undefined,
    };
    const scope: unknown[] = [
      module,
      (specifier: unknown) => graph.importDynamically(specifier, file, this),
      importMeta(this.id, file, graph),
    ];
    if (source.hasCommonjsScope) {
      this.compiled = new CompiledExports(file, graph);
      const commonjs = this.compiled.module;
      scope.push(commonjs.exports, commonjs.require, commonjs, file, path.dirname(file));
    } else if (source.hasRequire) scope.push(createCommonjsModule(file, graph).require);
    this.#body = Reflect.apply(run, this.commonjs?.exports, scope);
    const started = this.#body!.next();
    if (started instanceof Promise) this.#started = started;
    this.compiled?.add(this.namespace!, source.exports);
  }

  get commonjs(): CommonjsModule | undefined {
    return this.compiled?.module;
  }

  #read({ import: index, imported }: ScopedImport): unknown {
    const namespace = namespaceFor(this.source.hasCommonjsScope, this.dependencies[index]!);
    return imported === undefined ? namespace : namespace?.[imported];
  }

  get imported(): Namespace | undefined {
    return importedNamespace(this);
  }

  /** Resolved when the first step is done. Before that, the second step would not begin synchronously. */
  get started(): Promise<unknown> | undefined {
    return this.#started;
  }

  /** Replaces dependencies by other records. It must be called before the evaluation. */
  redirect(replacements: ReadonlyMap<ModuleRecord, ModuleRecord>): void {
    if (!this.dependencies.some((dependency) => replacements.has(dependency))) return;
    this.link(this.dependencies.map((dependency) => replacements.get(dependency) ?? dependency));
    this.bindImports();
  }

  /** Sets the module's imports, as far as they are known. */
  bindImports(): void {
    this.#takeImports?.(this.dependencies.map((d) => namespaceFor(this.source.hasCommonjsScope, d)));
  }

  /** The second step: runs the body. */
  execute(): void {
    this.#prepare();
    this.#body!.next();
    this.#end();
  }

  /** Runs a body that has a top-level `await`. */
  executeAsync(): Promise<void> {
    this.#prepare();
    return new Promise((resolve, reject) => {
      // `#onEnd` is used, since the result of an asynchronous generator comes a turn later than that of an asynchronous
      // module.
      this.#onEnd = () => {
        this.#end();
        resolve();
      };
      (this.#body!.next() as Promise<unknown>).catch(reject);
    });
  }

  /** Closes the namespace when all names are known. */
  seal(): void {
    sealNamespace(this.namespace!);
  }

  #prepare(): void {
    if (this.hasLateNames) {
      this.seal();
      this.bindImports();
    }
    if (this.compiled !== undefined) {
      // By now some dependencies have run, and the `exports` of compiled ones take the place of their namespaces.
      this.bindImports();
      this.compiled.add(this.namespace!, this.source.exports);
    }
    if (!this.isInCycle) return;
    for (const dependency of this.dependencies) {
      // A module of the cycle that runs later. Its functions can be called already, and need its imports.
      if (dependency.state === 'evaluating' && dependency instanceof EsmRecord && dependency.hasLateNames)
        dependency.bindImports();
    }
  }

  /** Records that this module waits for another one. */
  wait(dependency: EsmRecord): void {
    if (this.awaited.has(dependency)) return;
    this.#awaited ??= new Set();
    this.#awaited.add(dependency);
    dependency.#asyncParents ??= [];
    dependency.#asyncParents.push(this);
  }

  /** The modules that this module waits for. */
  get awaited(): ReadonlySet<EsmRecord> {
    return this.#awaited ?? NOTHING;
  }

  /** Whether the module has begun to run and now waits for its own top-level `await`. */
  get isAtTopLevel(): boolean {
    return this.asyncOrder !== undefined && this.awaited.size === 0;
  }

  /** The modules that wait for this module. */
  get asyncParents(): readonly EsmRecord[] {
    return this.#asyncParents ?? NOBODY;
  }

  /** Called when a module that this module waited for has ended. */
  stopWaiting(dependency: EsmRecord): void {
    this.#awaited?.delete(dependency);
  }

  /** Resolved when all modules of the cycle have run. Only the root of a cycle has it. */
  get completion(): Promise<void> {
    this.#completion ??= promiseWithResolvers();
    return this.#completion.promise;
  }

  resolveCompletion(): void {
    this.#completion?.resolve();
  }

  rejectCompletion(error: unknown): void {
    this.#completion?.reject(error);
  }

  #end(): void {
    if (this.compiled !== undefined) this.namespace = this.compiled.finish(this.namespace!);
    if (this.#hasUnnamedDefault) nameDefault(this.namespace!.default);
  }
}

interface PromiseWithResolvers {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

function promiseWithResolvers(): PromiseWithResolvers {
  let resolve!: () => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<void>((...functions) => {
    [resolve, reject] = functions;
  });
  return { promise, resolve, reject };
}

/** Names an anonymous function or class that is the default export "default" (ECMAScript, 16.2.3.7). */
function nameDefault(value: unknown): void {
  if (typeof value !== 'function') return;
  const property = Object.getOwnPropertyDescriptor(value, 'name');
  if (property?.value === DEFAULT_NAME)
    Object.defineProperty(value, 'name', { ...property, value: 'default' });
}

/** Creates `import.meta`. Its values are computed at the first use, since most modules never read them. */
function importMeta(id: string, file: string, graph: GraphAccess): object {
  const meta = Object.create(null);
  const define = (name: string, value: unknown) =>
    Object.defineProperty(meta, name, { value, writable: true, enumerable: true, configurable: true });
  const defineLazily = (name: string, make: () => string) =>
    Object.defineProperty(meta, name, {
      get: () => define(name, make())[name],
      set: (value) => define(name, value),
      enumerable: true,
      configurable: true,
    });
  defineLazily('dirname', () => path.dirname(file));
  define('filename', file);
  // Always false: the main module of the process is the server's.
  define('main', false);
  define('resolve', function resolve(given: unknown): string {
    const specifier = `${given}`;
    const resolution = resolveIfThere(specifier, file, graph);
    if (resolution === undefined) return new URL(specifier, pathToFileURL(file)).href;
    if (resolution.kind === 'external') return resolution.url;
    return pathToFileURL(resolution.file).href + (resolution.kind === 'site' ? resolution.search : '');
  });
  defineLazily('url', () => pathToFileURL(file).href + id.slice(file.length));
  return meta;
}

/**
 * Resolves a specifier for `import.meta.resolve()`. As in Node, a package must exist, but a path or another URL need
 * not.
 */
function resolveIfThere(specifier: string, file: string, graph: GraphAccess): Resolution | undefined {
  try {
    return graph.resolve(specifier, file, 'import');
  } catch (error) {
    if (/^(?:\.{1,2}$|\.{0,2}\/|[a-z][a-z\d+.-]*:)/i.test(specifier)) return undefined;
    throw error;
  }
}
