import { describeThrown, isError, isUserError, readText } from '../errors.ts';
import type { Failure } from './messages.ts';

/** Makes an error ready to be sent to another process. */
export function toFailure(error: unknown): Failure {
  if (!isError(error)) return { name: 'Error', message: describeThrown(error) };
  const [name, message] = [readText(error, 'name'), readText(error, 'message')];
  if (!isUserError(error)) return { name, message, stack: stackOf(error) };
  // The stack that helps is that of what was thrown; our own error's leads through the loader.
  const stack = isError(error.cause) ? stackOf(error.cause) : undefined;
  return { name, message, hint: error.hint, codeFrame: error.codeFrame, stack };
}

function stackOf(error: Error): string | undefined {
  return readText(error, 'stack') || undefined;
}
