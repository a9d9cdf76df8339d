import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createCommonjsModule } from './commonjs-record.ts';
import { DEFAULT_NAME } from './import-names.ts';
import type { EvaluationState, GraphAccess, ModuleRecord, Namespace } from './module-record.ts';
import type { TransformedModule } from './transform.ts';

type Body = Generator<void, void, unknown> | AsyncGenerator<void, void, unknown>;
type TakeImports = (namespaces: readonly (Namespace | undefined)[]) => void;
export type ModuleFunction = (...parameters: unknown[]) => Body;

/** An ES module of the site, run as a generator (see `transform.ts`). */
export class EsmRecord implements ModuleRecord {
  readonly id: string;
  readonly file: string;
  readonly source: TransformedModule;
  readonly hasStaticNames = true;
  dependencies: readonly ModuleRecord[] = [];
  /** Whether some of what it imports or passes on may be known only when its dependencies have run. */
  hasLateNames = false;
  state: EvaluationState = 'linked';
  namespace: Namespace | undefined;
  #body: Body | undefined;
  #takeImports: TakeImports | undefined;

  constructor(id: string, file: string, source: TransformedModule) {
    this.id = id;
    this.file = file;
    this.source = source;
  }

  /** @param dependencies One for each import, in their order. */
  link(dependencies: readonly ModuleRecord[]): void {
    this.dependencies = dependencies;
    this.hasLateNames =
      this.source.stars.length > 0 || dependencies.some(({ hasStaticNames }) => !hasStaticNames);
  }

  /** First step: bindings exist, functions can be called, nothing has run. */
  instantiate(run: ModuleFunction, graph: GraphAccess): void {
    const { file, source } = this;
    const scope: unknown[] = [
      (exports: Namespace, takeImports: TakeImports | undefined, hoistedDefault: unknown) => {
        this.namespace = exports;
        this.#takeImports = takeImports;
        nameDefault(hoistedDefault);
      },
      (specifier: unknown) => graph.importDynamically(String(specifier), file),
      importMeta(this.id, file, graph),
    ];
    if (source.hasCommonjsScope) {
      const module = createCommonjsModule(file, graph);
      scope.push(module.exports, module.require, module, file, path.dirname(file));
    }
    this.#body = Reflect.apply(run, undefined, scope);
    const started = this.#body!.next();
    // The asynchronous kind has run up to its `yield` as well; an error in it comes with the second step.
    if (started instanceof Promise) started.catch(() => {});
  }

  /** Adds what `export … from` passes on. Called again before evaluation, when packages have shown their names. */
  linkReExports(): void {
    const { source, namespace, dependencies } = this;
    for (const { name, import: index, imported } of source.reExports) {
      const read = () => {
        const passedOn = this.dependencies[index]!.namespace;
        return imported === undefined ? passedOn : passedOn?.[imported];
      };
      if (!(name in namespace!)) Object.defineProperty(namespace, name, { enumerable: true, get: read });
    }
    for (const index of source.stars) {
      for (const name of Object.keys(dependencies[index]!.namespace ?? {})) {
        if (name === 'default' || name in namespace!) continue;
        const read = () => this.dependencies[index]!.namespace?.[name];
        Object.defineProperty(namespace, name, { enumerable: true, get: read });
      }
    }
  }

  /** Has other records take the place of dependencies. Only before evaluation. */
  redirect(replacements: ReadonlyMap<ModuleRecord, ModuleRecord>): void {
    if (!this.dependencies.some((dependency) => replacements.has(dependency))) return;
    this.link(this.dependencies.map((dependency) => replacements.get(dependency) ?? dependency));
  }

  /** Lets functions of the module use what it imports, as far as that is known. */
  bindImports(): void {
    this.#takeImports?.(this.dependencies.map(({ namespace }) => namespace));
  }

  /** Second step: the body runs. */
  evaluate(): void | Promise<void> {
    this.bindImports();
    for (const dependency of this.dependencies) {
      // One that runs after us, in a cycle: we may call its functions.
      if (dependency.state !== 'evaluated' && dependency instanceof EsmRecord) dependency.bindImports();
    }
    const result = this.#body!.next();
    if (result instanceof Promise) return result.then(() => this.#nameDefault());
    this.#nameDefault();
  }

  #nameDefault(): void {
    const hasNone = this.source.exports.some(({ expression }) => expression === DEFAULT_NAME);
    if (hasNone) nameDefault(this.namespace!.default);
  }
}

/** A function or class that is a default export without a name is called "default" (ECMAScript, 16.2.3.7). */
function nameDefault(value: unknown): void {
  if (typeof value !== 'function') return;
  const property = Object.getOwnPropertyDescriptor(value, 'name');
  if (property?.value === DEFAULT_NAME)
    Object.defineProperty(value, 'name', { ...property, value: 'default' });
}

/** Most modules never look at it, so that nothing is made before they do. */
function importMeta(id: string, file: string, graph: GraphAccess): object {
  return {
    __proto__: null,
    filename: file,
    get dirname() {
      return path.dirname(file);
    },
    get url() {
      return pathToFileURL(file).href + id.slice(file.length);
    },
    resolve(specifier: string): string {
      const resolution = graph.resolve(specifier, file, 'import');
      if (resolution.kind === 'external') return resolution.url;
      return pathToFileURL(resolution.file).href + (resolution.kind === 'site' ? resolution.search : '');
    },
  };
}
