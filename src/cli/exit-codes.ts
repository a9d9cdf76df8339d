import { constants } from 'node:os';

/** What was asked for could not be done. */
export const FAILED = 1;

/** The command line itself is wrong. */
export const USAGE = 2;

/** What a shell is told of a process that a signal has ended. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
