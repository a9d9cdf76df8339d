import path from 'node:path';
import type { CommonjsModule, GraphAccess } from '../records/graph-access.ts';
import type { EvaluationState, LeafRecord, ModuleRecord, Namespace } from '../records/module-record.ts';
import { createNamespace, sealNamespace } from '../records/namespace.ts';
import { createCommonjsModule } from './commonjs-module.ts';

export type CommonjsFunction = (...parameters: unknown[]) => void;

/** A CommonJS module of the site. */
export class CommonjsRecord implements LeafRecord {
  readonly id: string;
  readonly file: string;
  readonly dependencies: readonly ModuleRecord[] = [];
  readonly hasStaticNames = false;
  state: EvaluationState = 'linked';
  namespace: Namespace | undefined;
  readonly module: CommonjsModule;
  readonly #run: CommonjsFunction;
  readonly #graph: GraphAccess;

  constructor(id: string, file: string, run: CommonjsFunction, graph: GraphAccess) {
    this.id = id;
    this.file = file;
    this.#run = run;
    this.#graph = graph;
    this.module = createCommonjsModule(file, graph);
  }

  evaluate(): void {
    const { module } = this;
    const importDynamically = (specifier: unknown) => this.#graph.importDynamically(specifier, this.file);
    const scope = [module.exports, module.require, module, this.file, path.dirname(this.file)];
    Reflect.apply(this.#run, module.exports, [...scope, importDynamically]);
    module.loaded = true;
    this.namespace = commonjsNamespace(module);
  }
}

/** Node's view of a CommonJS module from an ES module: `module.exports` as default, and its keys by name. */
export function commonjsNamespace(module: { readonly exports: unknown }): Namespace {
  const { exports } = module;
  const isObject = (typeof exports === 'object' && exports !== null) || typeof exports === 'function';
  const names = isObject ? Object.keys(exports) : [];
  if (isObject && '__esModule' in exports && !names.includes('__esModule')) names.push('__esModule');
  const readers = names
    .filter((name) => name !== 'default' && name !== 'module.exports')
    .map((name) => [name, () => (module.exports as Record<string, unknown>)[name]] as const);
  const whole = ['default', 'module.exports'].map((name) => [name, () => module.exports] as const);
  return sealNamespace(createNamespace([...readers, ...whole]));
}

/**
 * What a module sees of one that it imports.
 *
 * @param isCompiled Whether the importer is CommonJS to TypeScript: then a module that says `__esModule` is taken as it
 *   is, with its own default (tsc's `esModuleInterop`). To an ES module, the default is `module.exports`.
 */
export function namespaceFor(isCompiled: boolean, dependency: ModuleRecord): Namespace | undefined {
  const { namespace } = dependency;
  if (!isCompiled) return dependency.imported ?? namespace;
  if (dependency.state !== 'evaluated') return namespace;
  const exports = namespace?.['module.exports'] ?? namespace?.default;
  const isMarked = typeof exports === 'object' && exports !== null && '__esModule' in exports;
  return isMarked && namespace?.__esModule === exports.__esModule
    ? (exports as unknown as Namespace)
    : namespace;
}
