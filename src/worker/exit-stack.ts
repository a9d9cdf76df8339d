/**
 * Who has called `process.exit()`, for a listener of the process's end: the stack from the caller on. It has no frames where nobody
 * has called it.
 */
export function exitStack(code: number): string {
  return stackOfCaller(`process.exit(${code})`, process.exit);
}

/** Who has called `process.abort()`. */
export function abortStack(): string {
  return stackOfCaller('process.abort()', process.abort);
}

function stackOfCaller(call: string, calledFunction: () => never): string {
  const error = new Error(call);
  Error.captureStackTrace(error, calledFunction);
  return String(error.stack);
}
