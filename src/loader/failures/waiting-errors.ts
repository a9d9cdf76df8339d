import type { EsmRecord } from '../records/esm-record.ts';
import { locateImport } from './import-errors.ts';
import { ImportError } from './module-errors.ts';

/** The error for a module that has a top-level `await` and is required synchronously. */
export function awaitsAtTop(waiting: string, needed: string): ImportError {
  const through = waiting === needed ? '' : `, which ${needed} imports`;
  return new ImportError(`${waiting} awaits at its top level${through}, and is needed synchronously.`, {
    hint: `Load it with import(), or move the await in ${waiting} into a function.`,
    location: { file: waiting },
    code: 'ERR_REQUIRE_ASYNC_MODULE',
  });
}

/**
 * The error for modules that wait for each other at their top level.
 *
 * @param ring Each module waits for the module before it. The first one calls `import()`.
 */
export function waitInARing(ring: readonly EsmRecord[], specifier: string): ImportError {
  const [importer] = ring as [EsmRecord];
  const { location, frame } = locateImport(specifier, importer.file);
  return new ImportError(waysOf(ring), {
    hint: `Do not await import('${specifier}') at the top level of ${importer.file}: load it in a function.`,
    location,
    codeFrame: frame,
  });
}

/**
 * The error for a module that awaits a function which imports modules by name, such as `getWsgiApplication()`, while
 * one of those modules imports it.
 *
 * @param ring Each module waits for the module before it. The first one is the module that awaits.
 */
export function waitForImporter(ring: readonly EsmRecord[]): ImportError {
  const [awaiting] = ring as [EsmRecord];
  const last = ring.at(-1)!;
  const { specifier } = last.source.imports[last.dependencies.indexOf(awaiting)] ?? {};
  const { location, frame } =
    specifier === undefined ? { location: { file: last.file } } : locateImport(specifier, last.file);
  const name = awaiting.file;
  return new ImportError(waysOf(ring), {
    hint: `${name} is loaded only when its awaits have ended: ${last.file} can import it in a function only.`,
    location,
    codeFrame: frame,
  });
}

function waysOf(ring: readonly EsmRecord[]): string {
  const names = [...ring, ring[0]!].map(({ file }) => file);
  const who = ring.length === 1 ? `${names[0]} waits for itself` : 'Modules wait for each other';
  return `${who} at the top level: ${names.join(' -> ')}.`;
}
