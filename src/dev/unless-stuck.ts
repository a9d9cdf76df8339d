import { ImproperlyConfigured } from '../errors.ts';

/** @throws when nothing is left in the process that could let the work come to its end: Node would end without a word. */
export function unlessStuck<Result>(work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    // Modules that wait for each other are named first, by the loader.
    const stuck = () => setImmediate(() => reject(neverLoads()));
    process.once('beforeExit', stuck);
    work.then(resolve, reject).finally(() => process.off('beforeExit', stuck));
  });
}

function neverLoads(): ImproperlyConfigured {
  return new ImproperlyConfigured(
    'The site does not load: a module waits at its top level for what never comes.',
    { hint: 'Look for an await outside of all functions.' },
  );
}
