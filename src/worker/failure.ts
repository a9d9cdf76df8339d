import { isUserError } from '../errors.ts';
import { describeThrown, isError, readText, shortened } from '../text/thrown-text.ts';
import type { Failure } from './messages.ts';

/** Converts an error to data that can be sent to another process. */
export function toFailure(error: unknown): Failure {
  if (!isError(error)) return { name: 'Error', message: shortened(describeThrown(error)) };
  const [name, message] = [readText(error, 'name'), readText(error, 'message')].map(shortened) as [
    string,
    string,
  ];
  if (!isUserError(error)) return { name, message, stack: stackOf(error) };
  // The stack of the cause leads to the site's code. The stack of our own error leads only through the loader.
  const stack = isError(error.cause) ? stackOf(error.cause) : undefined;
  const { hint, codeFrame, location } = error;
  return { name, message, hint, codeFrame, ...(location !== undefined && { location }), stack };
}

function stackOf(error: Error): string | undefined {
  return shortened(readText(error, 'stack')) || undefined;
}
