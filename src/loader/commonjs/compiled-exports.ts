import { type InspectOptions, inspect } from 'node:util';
import type { GraphAccess } from '../records/graph-access.ts';
import type { CommonjsModule, Namespace } from '../records/module-record.ts';
import { readValues } from '../records/namespace.ts';
import { createCommonjsModule } from './commonjs-module.ts';
import { commonjsNamespace } from './commonjs-record.ts';

/**
 * `module` and `exports` of a file with ES exports that is CommonJS to TypeScript. Its exports are properties of `exports`, as
 * tsc compiles them, beside those that the module or another one sets itself.
 */
export class CompiledExports {
  readonly module: CommonjsModule;
  /** The `exports` that the module began with. */
  readonly #exports: object;
  #values: ReadonlyMap<string, unknown> | undefined;

  constructor(file: string, graph: GraphAccess) {
    this.module = createCommonjsModule(file, graph);
    this.#exports = this.module.exports as object;
    Object.defineProperties(this.#exports, {
      __esModule: { value: true },
      [inspect.custom]: { value: inspectExports },
    });
  }

  /**
   * Adds the names of a namespace. Re-exports are known only when all imports have been linked.
   *
   * @param own The names that the module declares itself: these can be assigned to.
   */
  add(namespace: Namespace, own: readonly { readonly name: string }[]): void {
    const names = new Set(own.map(({ name }) => name));
    for (const name of Object.keys(namespace)) {
      if (Object.hasOwn(this.#exports, name)) continue;
      const set = names.has(name)
        ? (value: unknown) => this.#define(name, { value, writable: true })
        : undefined;
      this.#define(name, { get: () => namespace[name], set });
    }
  }

  /** The module's namespace at the end of its evaluation. ES modules import the values of this time. */
  finish(namespace: Namespace): Namespace {
    const { module } = this;
    module.loaded = true;
    const names = Object.keys(namespace);
    this.#values = valuesOf(namespace);
    const isSame = module.exports === this.#exports && Object.keys(this.#exports).length === names.length;
    return isSame ? namespace : commonjsNamespace(module, this.#values);
  }

  /** What an ES module imports by a name. */
  valueOf(name: string, namespace: Namespace): unknown {
    return this.#values?.has(name) ? this.#values.get(name) : namespace[name];
  }

  #define(name: string, property: PropertyDescriptor): void {
    Object.defineProperty(this.#exports, name, { enumerable: true, configurable: true, ...property });
  }
}

function valuesOf(namespace: Namespace): ReadonlyMap<string, unknown> {
  const values = new Map<string, unknown>();
  for (const name of Object.keys(namespace)) {
    try {
      values.set(name, namespace[name]);
    } catch {
      // A re-export of a module that has not run yet, in a cycle.
    }
  }
  return values;
}

/** They are printed as tsc's are, which have no getters. */
function inspectExports(this: Namespace, depth: number, options: InspectOptions): string {
  return depth < 0 ? '[Object]' : inspect(readValues(this), { ...options, depth });
}
