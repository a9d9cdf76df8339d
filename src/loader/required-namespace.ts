import type { EsmRecord } from './esm-record.ts';
import type { Namespace } from './module-record.ts';
import { createNamespace, sealNamespace } from './namespace.ts';

const required = new WeakMap<EsmRecord, Namespace>();

/**
 * What `require()` of an ES module gives, as Node does: what it exports as 'module.exports', else the namespace, which
 * says `__esModule` to compiled code when there is a default export. Of a file that is CommonJS to TypeScript, it
 * always does.
 */
export function requiredNamespace(record: EsmRecord): unknown {
  const namespace = record.namespace!;
  if (Object.hasOwn(namespace, 'module.exports')) return namespace['module.exports'];
  const isMarked = Object.hasOwn(namespace, 'default') || record.source.hasCommonjsScope;
  if (!isMarked || Object.hasOwn(namespace, '__esModule')) return namespace;
  let marked = required.get(record);
  if (marked === undefined) {
    const readers = Object.keys(namespace).map((name) => [name, () => namespace[name]] as const);
    marked = sealNamespace(createNamespace([...readers, ['__esModule', () => true]]));
    required.set(record, marked);
  }
  return marked;
}
