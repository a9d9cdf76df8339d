import { isUserError } from '../errors.ts';
import { describeThrown, isError, readText } from '../text/thrown-text.ts';
import type { Failure } from './messages.ts';

/** Of each text of an error, which may carry all that a site has in memory. */
const MOST_CHARACTERS = 65_536;

/** Makes an error ready to be sent to another process. */
export function toFailure(error: unknown): Failure {
  if (!isError(error)) return { name: 'Error', message: shorten(describeThrown(error)) };
  const [name, message] = [readText(error, 'name'), readText(error, 'message')].map(shorten) as [
    string,
    string,
  ];
  if (!isUserError(error)) return { name, message, stack: stackOf(error) };
  // The stack that helps is that of what was thrown; our own error's leads through the loader.
  const stack = isError(error.cause) ? stackOf(error.cause) : undefined;
  const { hint, codeFrame, location } = error;
  return { name, message, hint, codeFrame, ...(location !== undefined && { location }), stack };
}

function shorten(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}

function stackOf(error: Error): string | undefined {
  return shorten(readText(error, 'stack')) || undefined;
}
