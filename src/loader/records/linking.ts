import { namespaceFor } from '../commonjs/commonjs-record.ts';
import { circularExport, conflictingExports, missingExport } from '../failures/import-errors.ts';
import { EsmRecord } from './esm-record.ts';
import { AMBIGUOUS, circleOf, exportedNames, resolveByStars, resolveExport } from './export-names.ts';
import type { ModuleRecord } from './module-record.ts';
import { addReaders } from './namespace.ts';

/** Adds the names of `export … from` to the namespace. */
export function linkReExports(record: EsmRecord): void {
  const { source, namespace } = record;
  if (source.reExports.length === 0 && source.stars.length === 0) return;
  const readers: [string, () => unknown][] = [];
  const passOn = (name: string, index: number, imported: string | undefined) => {
    const read = () => {
      const passedOn = namespaceFor(source.hasCommonjsScope, record.dependencies[index]!);
      return imported === undefined ? passedOn : passedOn?.[imported];
    };
    readers.push([name, read]);
  };
  for (const { name, import: index, imported } of source.reExports) passOn(name, index, imported);
  const own = new Set([...source.exports, ...source.reExports].map(({ name }) => name));
  for (const name of source.stars.length > 0 ? exportedNames(record) : []) {
    if (own.has(name)) continue;
    const found = resolveByStars(record, name);
    if (found?.binding === AMBIGUOUS) delete (namespace as Record<string, unknown>)[name];
    else if (found !== undefined) passOn(name, found.index, name);
  }
  addReaders(namespace!, readers);
}

/** Links the names of packages and CommonJS modules. These names are known only after such a module has run. */
export function linkLateNames(record: EsmRecord): void {
  if (!record.hasLateNames) return;
  linkReExports(record);
  checkNames(record, (dependency) => dependency.hasStaticNames || dependency.state === 'evaluated');
}

/**
 * Checks that the imported names exist, as ECMAScript does when it links. @throws for a name that the module does not
 * export.
 */
export function checkNames(record: EsmRecord, applies: (dependency: ModuleRecord) => boolean): void {
  for (const [index, { names, specifier }] of record.source.imports.entries()) {
    const dependency = record.dependencies[index]!;
    if (names.length === 0 || !applies(dependency)) continue;
    if (passesOnUnknownNames(dependency)) {
      record.hasLateNames = true;
      continue;
    }
    for (const name of names) {
      const circle = circleOf(dependency, name);
      if (circle) throw circularExport(name, specifier, record, circle);
    }
    const namespace = namespaceFor(record.source.hasCommonjsScope, dependency)!;
    const missing = names.find((name) => !(name in namespace));
    if (missing === undefined) continue;
    if (
      record.compiled !== undefined &&
      dependency.compiled !== undefined &&
      dependency.state !== 'evaluated'
    ) {
      // In tsc's output an import is a property of `exports`, which another module may set later.
      record.hasLateNames = true;
      continue;
    }
    const sources = conflict(dependency, missing);
    throw sources
      ? conflictingExports(missing, specifier, record, sources)
      : missingExport(missing, specifier, record, dependency);
  }
}

/** The two modules from which a name is re-exported with different bindings. */
function conflict(record: ModuleRecord, name: string): ModuleRecord[] | undefined {
  if (!(record instanceof EsmRecord) || resolveExport(record, name) !== AMBIGUOUS) return undefined;
  const { stars } = record.source;
  const having = stars.filter((index) => resolveExport(record.dependencies[index]!, name) !== undefined);
  const [single] = having;
  const nested = single !== undefined && having.length === 1 ? record.dependencies[single]! : undefined;
  return nested ? conflict(nested, name) : having.map((index) => record.dependencies[index]!);
}

/** Whether a module has `export *` from a module whose names are known only after it has run. */
function passesOnUnknownNames(record: ModuleRecord, seen = new Set<ModuleRecord>()): boolean {
  if (!(record instanceof EsmRecord) || record.state === 'evaluated' || seen.has(record)) return false;
  seen.add(record);
  return record.source.stars.some((index) => {
    const dependency = record.dependencies[index]!;
    const isUnknown = !dependency.hasStaticNames || dependency.namespace === undefined;
    return isUnknown || passesOnUnknownNames(dependency, seen);
  });
}

/** Whether two modules export the same names, as far as the names are known before they run. */
export function hasSameNames(a: ModuleRecord, b: ModuleRecord): boolean {
  const names = ({ namespace }: ModuleRecord) => Object.keys(namespace ?? {});
  const known = new Set(names(a));
  return known.size === names(b).length && names(b).every((name) => known.has(name));
}
