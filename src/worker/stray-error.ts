import { describeThrown, isError, readText } from '../text/thrown-text.ts';
import { currentLogStyle } from '../wsgi/log-style.ts';
import { logEntry } from '../wsgi/printable.ts';

/** The log entry for an uncaught error, which comes from a timer or a promise. */
export function describeStray(error: unknown, origin: NodeJS.UncaughtExceptionOrigin, goesOn = true): string {
  const what = origin === 'unhandledRejection' ? 'Unhandled rejection' : 'Uncaught exception';
  const then = goesOn ? 'the site continues; in production its process would end' : 'the process ends';
  return `${what} (${then}):\n${describeStack(error)}`;
}

export function describeStack(error: unknown): string {
  return (
    currentLogStyle()?.error(error) ??
    logEntry(isError(error) ? readText(error, 'stack') : describeThrown(error))
  );
}
