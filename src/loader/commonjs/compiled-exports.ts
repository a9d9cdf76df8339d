import { type InspectOptions, inspect } from 'node:util';
import type { GraphAccess } from '../records/graph-access.ts';
import type { CommonjsModule, Namespace } from '../records/module-record.ts';
import { readValues } from '../records/namespace.ts';
import { createCommonjsModule } from './commonjs-module.ts';
import { commonjsNamespace } from './commonjs-record.ts';

/**
 * The `module` and `exports` objects of a file with ES exports that TypeScript compiles to CommonJS. The exports are
 * properties of `exports`, as in tsc's output. The module itself and other modules can add further properties.
 */
export class CompiledExports {
  readonly module: CommonjsModule;
  /** The `exports` object at the start of the module. The module may replace it later. */
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
   * Adds the names of a namespace. It is called again when all imports are linked, since re-exported names are known
   * only then.
   *
   * @param own The names that the module declares itself. Only these can be assigned to.
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

  /** Returns the module's namespace at the end of its evaluation. ES modules import the values of this moment. */
  finish(namespace: Namespace): Namespace {
    const { module } = this;
    module.loaded = true;
    const names = Object.keys(namespace);
    this.#values = valuesOf(namespace);
    const isSame = module.exports === this.#exports && Object.keys(this.#exports).length === names.length;
    return isSame ? namespace : commonjsNamespace(module, this.#values);
  }

  /** Returns the value that an ES module imports by a name. */
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
      // In an import cycle, the name may be re-exported from a module that has not run yet.
    }
  }
  return values;
}

/** Prints the values, not `[Getter]`: tsc's output has plain properties. */
function inspectExports(this: Namespace, depth: number, options: InspectOptions): string {
  return depth < 0 ? '[Object]' : inspect(readValues(this), { ...options, depth });
}
