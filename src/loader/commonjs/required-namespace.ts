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
 * What `require()` of an ES module gives, as Node does: what it exports as 'module.exports', else the namespace, which
 * says `__esModule` to compiled code when there is a default export. Of a file that is CommonJS to TypeScript, it
 * always does.
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
    // tsc hides it from those who list the names.
    Object.defineProperty(marked, '__esModule', { enumerable: !record.source.hasCommonjsScope });
    sealNamespace(marked);
    required.set(record, marked);
  }
  return marked;
}

/**
 * What ES modules see of a file that is CommonJS to TypeScript, as Node shows them what tsc makes of it: its names, and
 * what `require()` gives as default. There is none of other files.
 */
export function importedNamespace(record: RunModule): Namespace | undefined {
  const { namespace, source } = record;
  if (!source.hasCommonjsScope || namespace === undefined) return undefined;
  // It has put something in the place of `module.exports`.
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
