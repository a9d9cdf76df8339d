import { siteLines } from '../../files/own-files.ts';
import { describeNoError, describeThrown, isError, readText } from '../../text/thrown-text.ts';
import { logEntry } from '../../wsgi/printable.ts';

/** The limit of shown causes. Repeated attempts can produce thousands. */
const MOST_ERRORS = 20;

/** An error and its causes. */
interface ErrorChain {
  /** An error and its causes, the outermost first. An AggregateError's errors count as causes. Circles end. */
  readonly errors: readonly unknown[];
  /** Whether there are causes that were left out. */
  readonly isCut: boolean;
}

/** Up to this number, all frames are shown. */
const LEAST_FOLDED = 4;

export const CUT_CHAIN = 'There are more causes, which are not shown.';

export function errorChain(error: unknown): ErrorChain {
  const errors = new Set<unknown>();
  const left = [error];
  while (left.length > 0 && errors.size < MOST_ERRORS) {
    const next = left.shift();
    if (errors.has(next)) continue;
    errors.add(next);
    left.unshift(...causesOf(next));
  }
  return { errors: [...errors], isCut: left.some((other) => !errors.has(other)) };
}

function causesOf(error: unknown): readonly unknown[] {
  if (!isError(error)) return [];
  try {
    const { cause, errors } = error as AggregateError;
    const more = error instanceof AggregateError ? [...errors].slice(0, MOST_ERRORS + 1) : [];
    return cause === undefined ? more : [cause, ...more];
  } catch {
    return []; // A getter that throws.
  }
}

/** An error with its causes, for a log: their stacks. */
export function chainText(error: unknown): string {
  const { errors, isCut } = errorChain(error);
  const text = errors.map((each) => logEntry(foldFrames(stackOf(each)))).join('\nCaused by: ');
  return isCut ? `${text}\n${CUT_CHAIN}` : text;
}

/** Removes the frames at the end of the stack, by which this package and Node called the site's code. */
function foldFrames(stack: string): string {
  const lines = siteLines(stack);
  const folded = stack.split('\n').length - lines.length;
  if (folded < LEAST_FOLDED) return stack;
  return [...lines, `    … and ${folded} frames of startproject and Node`].join('\n');
}

/** A thrown value as text: the stack of an Error. Getters that throw do no harm. */
export function stackOf(error: unknown): string {
  if (!isError(error)) return `${describeNoError(error)}.`;
  return readText(error, 'stack') || describeThrown(error);
}
