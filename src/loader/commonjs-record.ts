import { createRequire } from 'node:module';
import path from 'node:path';
import type { EvaluationState, GraphAccess, ModuleRecord, Namespace } from './module-record.ts';

export type CommonjsFunction = (...parameters: unknown[]) => void;

/** What a CommonJS module sees as `module`. */
export interface CommonjsModule {
  exports: unknown;
  readonly id: string;
  readonly filename: string;
  readonly path: string;
  loaded: boolean;
  require: NodeJS.Require;
}

/** A CommonJS module of the site. */
export class CommonjsRecord implements ModuleRecord {
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
    const importDynamically = (specifier: unknown) =>
      this.#graph.importDynamically(String(specifier), this.file);
    const scope = [module.exports, module.require, module, this.file, path.dirname(this.file)];
    Reflect.apply(this.#run, module.exports, [...scope, importDynamically]);
    module.loaded = true;
    this.namespace = commonjsNamespace(module);
  }
}

export function createCommonjsModule(file: string, graph: GraphAccess): CommonjsModule {
  const native = createRequire(file);
  const require = Object.assign((specifier: string) => graph.requireFrom(specifier, file), {
    resolve: native.resolve,
    cache: native.cache,
    main: undefined,
    extensions: native.extensions,
  });
  return { exports: {}, id: file, filename: file, path: path.dirname(file), loaded: false, require };
}

/** Node's view of a CommonJS module from an ES module: `module.exports` as default, and its keys by name. */
function commonjsNamespace(module: CommonjsModule): Namespace {
  const namespace = Object.create(null);
  const { exports } = module;
  const isObject = (typeof exports === 'object' && exports !== null) || typeof exports === 'function';
  for (const name of isObject ? Object.keys(exports) : []) {
    Object.defineProperty(namespace, name, {
      enumerable: true,
      get: () => (module.exports as Record<string, unknown>)[name],
    });
  }
  Object.defineProperty(namespace, 'default', { enumerable: true, get: () => module.exports });
  return namespace;
}
