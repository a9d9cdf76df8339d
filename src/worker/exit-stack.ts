/**
 * The stack from the caller of `process.exit()` on, for a listener of the process's end. It has no frames when
 * `process.exit()` was not called.
 */
export function exitStack(code: number): string {
  return stackOfCaller(`process.exit(${code})`, process.exit);
}

/** The stack from the caller of `process.abort()` on. */
export function abortStack(): string {
  return stackOfCaller('process.abort()', process.abort);
}

function stackOfCaller(call: string, calledFunction: () => never): string {
  const error = new Error(call);
  Error.captureStackTrace(error, calledFunction);
  return String(error.stack);
}
