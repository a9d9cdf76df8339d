import type { CommonjsModule } from '../records/graph-access.ts';
import type { Namespace } from '../records/module-record.ts';
import { addReaders, createNamespace, sealNamespace } from '../records/namespace.ts';
import type { TransformedModule } from '../transform/transform.ts';

/** An ES module of the site: an `EsmRecord`. */
interface RunModule {
  readonly source: TransformedModule;
  readonly namespace: Namespace | undefined;
  readonly commonjs: CommonjsModule | undefined;
}

const required = new WeakMap<RunModule, Namespace>();
const imported = new WeakMap<RunModule, Namespace>();

/**
 * The result of `require()` for an ES module, as in Node: its export 'module.exports', else the namespace. With a default
 * export the namespace has `__esModule` for compiled code; for a file that is CommonJS to TypeScript it always has.
 */
export function requiredNamespace(record: RunModule): unknown {
  if (record.source.hasCommonjsExports) return record.commonjs!.exports;
  const namespace = record.namespace!;
  if (Object.hasOwn(namespace, 'module.exports')) return namespace['module.exports'];
  const isMarked = Object.hasOwn(namespace, 'default') || record.source.hasCommonjsScope;
  if (!isMarked || Object.hasOwn(namespace, '__esModule')) return namespace;
  let marked = required.get(record);
  if (marked === undefined) {
    const names = [...Object.keys(namespace), '__esModule'];
    marked = createNamespace(
      names.map((name) => [name, name === '__esModule' ? () => true : () => namespace[name]]),
    );
    // tsc makes it non-enumerable.
    Object.defineProperty(marked, '__esModule', { enumerable: !record.source.hasCommonjsScope });
    sealNamespace(marked);
    required.set(record, marked);
  }
  return marked;
}

/**
 * What ES modules see of a file that is CommonJS to TypeScript, as of tsc's output in Node: its names, and the result of
 * `require()` as default. Undefined for other files.
 */
export function importedNamespace(record: RunModule): Namespace | undefined {
  const { namespace, source } = record;
  if (!source.hasCommonjsScope || namespace === undefined) return undefined;
  // The module has replaced `module.exports`.
  if (Object.hasOwn(namespace, 'module.exports')) return namespace;
  const whole = () => requiredNamespace(record);
  const view =
    imported.get(record) ??
    createNamespace([
      ['default', whole],
      ['module.exports', whole],
      ['__esModule', () => true],
    ]);
  imported.set(record, view);
  addReaders(
    view,
    Object.keys(namespace).map((name) => [name, () => record.namespace![name]]),
  );
  return Object.isExtensible(namespace) ? view : sealNamespace(view);
}
