import { EsmRecord } from './esm-record.ts';
import { missingExport } from './import-errors.ts';
import type { ModuleRecord } from './module-record.ts';

/** Depth first, dependencies before dependents, as ECMAScript evaluates. */
export function evaluationOrder(root: ModuleRecord): ModuleRecord[] {
  const order: ModuleRecord[] = [];
  const seen = new Set([root]);
  const path = [{ record: root, next: 0 }];
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const dependency = top.record.dependencies[top.next++];
    if (dependency === undefined) {
      order.push(top.record);
      path.pop();
    } else if (!seen.has(dependency) && dependency.state !== 'evaluated') {
      seen.add(dependency);
      path.push({ record: dependency, next: 0 });
    }
  }
  return order;
}

/** ECMAScript's link error: an imported name that the module does not have. */
export function checkNames(record: EsmRecord, applies: (dependency: ModuleRecord) => boolean): void {
  for (const [index, { names, specifier }] of record.source.imports.entries()) {
    const dependency = record.dependencies[index]!;
    if (names.length === 0 || !applies(dependency) || passesOnUnknownNames(dependency)) continue;
    const missing = names.find((name) => !(name in dependency.namespace!));
    if (missing !== undefined) throw missingExport(missing, specifier, record, dependency);
  }
}

/** Whether a module has `export *` from one whose names are known only when it has run. */
function passesOnUnknownNames(record: ModuleRecord): boolean {
  if (!(record instanceof EsmRecord) || record.state === 'evaluated') return false;
  return record.source.stars.some((index) => {
    const dependency = record.dependencies[index]!;
    return (
      !dependency.hasStaticNames || dependency.namespace === undefined || passesOnUnknownNames(dependency)
    );
  });
}

/** Whether a module exports what another one does, as far as is known before they run. */
export function hasSameNames(a: ModuleRecord, b: ModuleRecord): boolean {
  const names = ({ namespace }: ModuleRecord) => Object.keys(namespace ?? {});
  const known = new Set(names(a));
  return known.size === names(b).length && names(b).every((name) => known.has(name));
}
