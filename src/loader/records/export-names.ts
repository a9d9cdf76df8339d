import { EsmRecord } from './esm-record.ts';
import type { ModuleRecord } from './module-record.ts';

/** The module and the name that an export is bound to. Without a name it is the whole namespace. */
interface Binding {
  readonly record: ModuleRecord;
  readonly name: string | undefined;
}

/** The result for a name that `export *` takes from several modules, with different bindings. */
export const AMBIGUOUS = Symbol('ambiguous');

const NOT_PASSED_ON: ReadonlySet<string> = new Set(['default']);
/** The names that `export *` leaves out in a file that TypeScript compiles to CommonJS. */
const NOT_PASSED_ON_BY_TSC: ReadonlySet<string> = new Set(['default', 'module.exports', '__esModule']);

/** All exported names of a module, with ambiguous ones (ECMAScript, 16.2.1.7.2.1). */
export function exportedNames(record: ModuleRecord, seen = new Set<ModuleRecord>()): Set<string> {
  if (!(record instanceof EsmRecord)) return new Set(Object.keys(record.namespace ?? {}));
  const { source, dependencies } = record;
  const names = new Set([...source.exports, ...source.reExports].map(({ name }) => name));
  seen.add(record);
  for (const index of source.stars) {
    const dependency = dependencies[index]!;
    if (seen.has(dependency)) continue;
    const hidden = source.hasCommonjsScope ? NOT_PASSED_ON_BY_TSC : NOT_PASSED_ON;
    for (const name of exportedNames(dependency, seen)) if (!hidden.has(name)) names.add(name);
  }
  return names;
}

/** Finds the binding behind an export (ECMAScript, 16.2.1.7.2.2). */
export function resolveExport(
  record: ModuleRecord,
  name: string,
  seen = new Set<string>(),
): Binding | typeof AMBIGUOUS | undefined {
  if (!(record instanceof EsmRecord)) {
    const isThere = record.namespace !== undefined && Object.hasOwn(record.namespace, name);
    return isThere ? { record, name } : undefined;
  }
  const key = `${record.id}\n${name}`;
  if (seen.has(key)) return undefined;
  seen.add(key);
  const { source, dependencies } = record;
  if (source.exports.some((own) => own.name === name)) return { record, name };
  const passedOn = source.reExports.find((one) => one.name === name);
  if (passedOn !== undefined) {
    const dependency = dependencies[passedOn.import]!;
    if (passedOn.imported === undefined) return { record: dependency, name: undefined };
    return dependency.hasStaticNames
      ? resolveExport(dependency, passedOn.imported, seen)
      : { record: dependency, name: passedOn.imported };
  }
  if (name === 'default') return undefined;
  return resolveByStars(record, name, seen)?.binding;
}

/**
 * The files that re-export a name from each other in a circle by `export { name } from`, so that no file declares it.
 */
export function circleOf(record: ModuleRecord, name: string): readonly string[] | undefined {
  const files: string[] = [];
  const seen = new Set<string>();
  let at: ModuleRecord | undefined = record;
  let wanted: string | undefined = name;
  while (at instanceof EsmRecord && wanted !== undefined) {
    const key = `${at.id}\n${wanted}`;
    if (seen.has(key)) return files;
    seen.add(key);
    files.push(at.file);
    const { source, dependencies }: EsmRecord = at;
    const passedOn = source.reExports.find((one) => one.name === wanted);
    if (passedOn === undefined) return undefined;
    wanted = passedOn.imported;
    at = dependencies[passedOn.import];
  }
  return undefined;
}

/** Finds the `export *` by which a module re-exports a name. */
export function resolveByStars(
  { source, dependencies }: EsmRecord,
  name: string,
  seen = new Set<string>(),
): { readonly index: number; readonly binding: Binding | typeof AMBIGUOUS } | undefined {
  let found: { index: number; binding: Binding } | undefined;
  for (const index of source.stars) {
    const binding = resolveExport(dependencies[index]!, name, seen);
    if (binding === AMBIGUOUS) return { index, binding };
    if (binding === undefined) continue;
    if (found === undefined) found = { index, binding };
    else if (!isSame(found.binding, binding)) return { index, binding: AMBIGUOUS };
  }
  return found;
}

function isSame(a: Binding, b: Binding): boolean {
  if (a.record === b.record) return a.name === b.name;
  // Two packages may re-export a name from a third one. Their bindings are unknown, so their values are compared.
  const areForeign = !(a.record instanceof EsmRecord || b.record instanceof EsmRecord);
  return areForeign && a.name !== undefined && a.record.namespace?.[a.name] === b.record.namespace?.[b.name!];
}
