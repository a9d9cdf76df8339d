import path from 'node:path';
import { ImportError } from './module-errors.ts';

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
