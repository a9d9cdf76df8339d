import { isUserError } from '../errors.ts';
import { describeThrown, isError, readText, shortened } from '../text/thrown-text.ts';
import type { Failure } from './messages.ts';

/** Makes an error ready to be sent to another process. */
export function toFailure(error: unknown): Failure {
  if (!isError(error)) return { name: 'Error', message: shortened(describeThrown(error)) };
  const [name, message] = [readText(error, 'name'), readText(error, 'message')].map(shortened) as [
    string,
    string,
  ];
  if (!isUserError(error)) return { name, message, stack: stackOf(error) };
  // The stack that helps is that of what was thrown; our own error's leads through the loader.
  const stack = isError(error.cause) ? stackOf(error.cause) : undefined;
  const { hint, codeFrame, location } = error;
  return { name, message, hint, codeFrame, ...(location !== undefined && { location }), stack };
}

function stackOf(error: Error): string | undefined {
  return shortened(readText(error, 'stack')) || undefined;
}
