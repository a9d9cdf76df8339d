import type { EsmRecord } from '../records/esm-record.ts';
import type { Namespace } from '../records/module-record.ts';
import { createNamespace, sealNamespace } from '../records/namespace.ts';

const required = new WeakMap<EsmRecord, Namespace>();

/**
 * What `require()` of an ES module gives, as Node does: what it exports as 'module.exports', else the namespace, which
 * says `__esModule` to compiled code when there is a default export. Of a file that is CommonJS to TypeScript, it
 * always does.
 */
export function requiredNamespace(record: EsmRecord): unknown {
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
    // tsc hides it from those who list the names.
    Object.defineProperty(marked, '__esModule', { enumerable: !record.source.hasCommonjsScope });
    sealNamespace(marked);
    required.set(record, marked);
  }
  return marked;
}
