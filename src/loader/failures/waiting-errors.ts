import path from 'node:path';
import type { EsmRecord } from '../esm-record.ts';
import { locateImport } from '../import-errors.ts';
import { ImportError } from '../module-errors.ts';

/** A module is needed at once, and has to be waited for. */
export function awaitsAtTop(waiting: string, needed: string): ImportError {
  const name = path.basename(waiting);
  const through = waiting === needed ? '' : `, which ${path.basename(needed)} imports`;
  return new ImportError(`${name} awaits at its top level${through}, and is needed at once.`, {
    hint: `Load it with import(), or move the await in ${name} into a function.`,
    location: { file: waiting },
    code: 'ERR_REQUIRE_ASYNC_MODULE',
  });
}

/**
 * Modules wait for each other.
 *
 * @param ring The module that imports the next one by `import()`, and what waits for it, each for the next.
 */
export function waitInARing(ring: readonly EsmRecord[], specifier: string): ImportError {
  const [importer] = ring as [EsmRecord];
  const names = [...ring, importer].map(({ file }) => path.basename(file));
  const who = ring.length === 1 ? `${names[0]} waits for itself` : 'Modules wait for each other';
  const { location, frame } = locateImport(specifier, importer.file);
  return new ImportError(`${who} at the top level: ${names.join(' → ')}.`, {
    hint: `Do not await import('${specifier}') at the top level of ${names[0]}: load it in a function.`,
    location,
    codeFrame: frame,
  });
}
