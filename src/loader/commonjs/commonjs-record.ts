import path from 'node:path';
import type { GraphAccess } from '../records/graph-access.ts';
import type {
  CommonjsModule,
  EvaluationState,
  LeafRecord,
  ModuleRecord,
  Namespace,
} from '../records/module-record.ts';
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
  readonly commonjs: CommonjsModule;
  readonly #run: CommonjsFunction;
  readonly #graph: GraphAccess;
  #namespace: Namespace | undefined;

  constructor(id: string, file: string, run: CommonjsFunction, graph: GraphAccess) {
    this.id = id;
    this.file = file;
    this.#run = run;
    this.#graph = graph;
    this.commonjs = createCommonjsModule(file, graph);
  }

  evaluate(): void {
    const { commonjs: module } = this;
    const importDynamically = (specifier: unknown) => this.#graph.importDynamically(specifier, this.file);
    const scope = [module.exports, module.require, module, this.file, path.dirname(this.file)];
    Reflect.apply(this.#run, module.exports, [...scope, importDynamically]);
    module.loaded = true;
    this.#namespace = commonjsNamespace(module);
  }

  /** While the module runs, the other modules of an import cycle see the properties that it has exported so far. */
  get namespace(): Namespace | undefined {
    return this.#namespace ?? (this.state === 'evaluating' ? commonjsNamespace(this.commonjs) : undefined);
  }
}

/**
 * The namespace of a CommonJS module for an ES module, as in Node: `module.exports` is the default export, and its keys
 * are named exports with the values of this moment.
 *
 * @param known Values of getters that have been read already. Other getters are not called: a getter may have the
 *   purpose to load something only when it is used.
 */
export function commonjsNamespace(
  { exports }: { readonly exports: unknown },
  known: ReadonlyMap<string, unknown> = new Map(),
): Namespace {
  const names = keysOf(exports);
  const properties = isObject(exports) ? exports : {};
  if ('__esModule' in properties && !names.includes('__esModule')) names.push('__esModule');
  const readers = names
    .filter((name) => name !== 'default' && name !== 'module.exports')
    .map((name) => {
      const isLate = Object.getOwnPropertyDescriptor(properties, name)?.get !== undefined;
      if (isLate && !known.has(name)) return [name, () => properties[name]] as const;
      const value = isLate ? known.get(name) : properties[name];
      return [name, () => value] as const;
    });
  const whole = ['default', 'module.exports'].map((name) => [name, () => exports] as const);
  return sealNamespace(createNamespace([...readers, ...whole]));
}

/**
 * Returns what a module gets when it imports `dependency`.
 *
 * @param isCompiled Whether TypeScript compiles the importer to CommonJS. Then a dependency that exports `__esModule`
 *   keeps its own default export (tsc's `esModuleInterop`). For an ES module, the default export is `module.exports`.
 */
export function namespaceFor(isCompiled: boolean, dependency: ModuleRecord): Namespace | undefined {
  const { namespace, commonjs } = dependency;
  if (!isCompiled) return dependency.imported ?? namespace;
  if (dependency.state !== 'evaluated') return namespace;
  if (commonjs !== undefined) return compiledNamespace(commonjs.exports);
  const exports = namespace?.['module.exports'] ?? namespace?.default;
  return isMarked(exports) && namespace?.__esModule === exports.__esModule ? exports : namespace;
}

/** The result of an `import` that tsc has compiled to CommonJS. Its names have their current values. */
function compiledNamespace(exports: unknown): Namespace {
  if (isMarked(exports)) return exports;
  const names = keysOf(exports);
  const known = isObject(exports) ? compiled.get(exports) : undefined;
  if (known !== undefined && names.every((name) => name in known)) return known;
  const readers = names.map((name) => [name, () => (exports as Namespace)[name]] as const);
  const namespace = createNamespace([
    ...readers.filter(([name]) => name !== 'default'),
    ['default', () => exports],
  ]);
  if (isObject(exports)) compiled.set(exports, namespace);
  return sealNamespace(namespace);
}

const compiled = new WeakMap<object, Namespace>();

function isMarked(exports: unknown): exports is Namespace {
  return typeof exports === 'object' && exports !== null && '__esModule' in exports;
}

function isObject(value: unknown): value is Namespace {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function keysOf(exports: unknown): string[] {
  return isObject(exports) ? Object.keys(exports) : [];
}
