import { constants } from 'node:os';

/** The command has failed. */
export const FAILED = 1;

/** The command line itself is wrong. */
export const USAGE = 2;

/** No worker could be started. */
export const BOOT_FAILED = 3;

/** The application could not be loaded. */
export const APPLICATION_FAILED = 4;

/** The exit code of a process that was ended by a signal, as in shells. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
