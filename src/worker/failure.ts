import { describeThrown, isUserError } from '../errors.ts';
import type { Failure } from './messages.ts';

/** Makes an error ready to be sent to another process. */
export function toFailure(error: unknown): Failure {
  if (!(error instanceof Error)) return { name: 'Error', message: describeThrown(error) };
  const { name, message, stack } = error;
  if (!isUserError(error)) return { name, message, stack };
  // The stack that helps is that of what was thrown; our own error's leads through the loader.
  const thrown = error.cause instanceof Error ? error.cause : undefined;
  return { name, message, hint: error.hint, codeFrame: error.codeFrame, stack: thrown?.stack };
}
