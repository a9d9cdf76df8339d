import type { CommonjsModule, Namespace } from '../records/module-record.ts';
import { addReaders, createNamespace, sealNamespace } from '../records/namespace.ts';
import type { TransformedModule } from '../transform/transform.ts';
import type { CompiledExports } from './compiled-exports.ts';

/** The part of `EsmRecord` that is needed here. */
interface RunModule {
  readonly source: TransformedModule;
  readonly namespace: Namespace | undefined;
  readonly commonjs: CommonjsModule | undefined;
  readonly compiled: CompiledExports | undefined;
}

const required = new WeakMap<RunModule, Namespace>();
const imported = new WeakMap<RunModule, Namespace>();

/**
 * The result of `require()`. For an ES module it is the same as in Node: the export named 'module.exports', or else the
 * namespace. A namespace with a default export also gets `__esModule`, for compiled code.
 */
export function requiredNamespace(record: RunModule): unknown {
  if (record.commonjs !== undefined) return record.commonjs.exports;
  const namespace = record.namespace!;
  if (Object.hasOwn(namespace, 'module.exports')) return namespace['module.exports'];
  if (!Object.hasOwn(namespace, 'default') || Object.hasOwn(namespace, '__esModule')) return namespace;
  let marked = required.get(record);
  if (marked === undefined) {
    const names = [...Object.keys(namespace), '__esModule'];
    marked = createNamespace(
      names.map((name) => [name, name === '__esModule' ? () => true : () => namespace[name]]),
    );
    sealNamespace(marked);
    required.set(record, marked);
  }
  return marked;
}

/**
 * The namespace that ES modules import from a file that TypeScript compiles to CommonJS. It is the same as for tsc's
 * output in Node: the names, and the result of `require()` as the default export. Undefined for other files.
 */
export function importedNamespace(record: RunModule): Namespace | undefined {
  const { namespace, source } = record;
  if (!source.hasCommonjsScope || namespace === undefined) return undefined;
  // The module has assigned to `module.exports`.
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
    Object.keys(namespace).map((name) => [name, () => record.compiled!.valueOf(name, record.namespace!)]),
  );
  return Object.isExtensible(namespace) ? view : sealNamespace(view);
}
