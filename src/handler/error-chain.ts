/** An error and its causes, the outermost first. An AggregateError's errors count as causes. Circles end. */
export function errorChain(error: unknown, seen = new Set<unknown>()): readonly unknown[] {
  if (seen.has(error)) return [];
  seen.add(error);
  const causes: unknown[] = [];
  if (error instanceof Error && error.cause !== undefined) causes.push(error.cause);
  if (error instanceof AggregateError) causes.push(...error.errors);
  return [error, ...causes.flatMap((cause) => errorChain(cause, seen))];
}

/** What was thrown, in words: the stack of an Error, whatever it does in its getters. */
export function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return `${describeThrown(error)} was thrown, which is not an Error.`;
  try {
    return String(error.stack ?? error);
  } catch {
    return 'An error was thrown whose stack cannot be read.';
  }
}

function describeThrown(value: unknown): string {
  try {
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  } catch {
    return 'A value that cannot be shown';
  }
}
