import { NAMED, type ScopedImport } from '../transform/scoped-imports.ts';

/**
 * The object of the `with` statement around a module whose imports are looked up by name while it runs. Each name has the
 * import's current value, and an assignment to it throws as in Node: also one by `??=` or by destructuring, and only if it
 * takes place.
 *
 * @param read Reads the current value.
 */
export function importScope(
  imports: readonly ScopedImport[],
  read: (one: ScopedImport) => unknown,
): Readonly<Record<string, unknown>> {
  let isNaming = false;
  function assign(): void {
    if (!isNaming) throw constantAssigned(assign);
    isNaming = false;
  }
  const scope = Object.create(null);
  for (const one of imports) Object.defineProperty(scope, one.name, { get: () => read(one), set: assign });
  // Our own assignments, which only make V8 write the name of an import into its messages.
  scope[NAMED] = (value: unknown) => {
    isNaming = true;
    return value;
  };
  return scope;
}

/** V8's error, with the stack of the assignment. */
function constantAssigned(caller: () => void): TypeError {
  const error = new TypeError('Assignment to constant variable.');
  Error.captureStackTrace(error, caller);
  return error;
}
