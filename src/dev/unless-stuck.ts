import { ImproperlyConfigured } from '../errors.ts';

/**
 * Waits for the work. @throws when the event loop is empty before the work is done: Node would exit without a message.
 */
export function unlessStuck<Result>(work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    // Modules that wait for each other are reported by the loader, which must be first.
    const stuck = () => setImmediate(() => reject(neverLoads()));
    process.once('beforeExit', stuck);
    work.then(resolve, reject).finally(() => process.off('beforeExit', stuck));
  });
}

function neverLoads(): ImproperlyConfigured {
  return new ImproperlyConfigured(
    'The site does not load: a module waits at its top level for something that never happens.',
    { hint: 'Look for a top-level await.' },
  );
}
