import { NAMED, type ScopedImport } from '../transform/scoped-imports.ts';

/**
 * The object of a `with` statement around the body of a module. Some of the module's imports are looked up in it by
 * name. Each name has the current value of the import. An assignment to it throws the same error as in Node, also for
 * `??=` and destructuring, and only when the assignment is executed.
 *
 * @param read Reads the current value of an import.
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
  // Marks the assignments that our transform adds. They have no effect, but make V8 write the import's name into its
  // messages.
  scope[NAMED] = (value: unknown) => {
    isNaming = true;
    return value;
  };
  return scope;
}

/** V8's error for an assignment to a constant, with the stack of the assignment. */
function constantAssigned(caller: () => void): TypeError {
  const error = new TypeError('Assignment to constant variable.');
  Error.captureStackTrace(error, caller);
  return error;
}
