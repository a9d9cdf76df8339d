import { isError } from './text/thrown-text.ts';

/** Where in the user's source a mistake was found. Lines and columns start at 1. */
export interface SourceLocation {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

export interface ErrorDetails {
  /** What to do about it, in one line. */
  readonly hint?: string;
  readonly cause?: unknown;
  readonly location?: SourceLocation;
  /** The lines around the location, ready to print. */
  readonly codeFrame?: string;
}

// A registered symbol: commands, workers and a site's own copy of this package each have these classes.
const USER_ERROR = Symbol.for('startproject.UserError');

/** An error that a user can fix: the command line prints its message and hint, and no stack. */
export class UserError extends Error {
  readonly [USER_ERROR] = true;
  readonly hint: string | undefined;
  readonly location: SourceLocation | undefined;
  readonly codeFrame: string | undefined;

  constructor(message: string, { hint, cause, location, codeFrame }: ErrorDetails = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.hint = hint;
    this.location = location;
    this.codeFrame = codeFrame;
  }
}

/** Whether something is a `UserError`, also one of another copy of this module, which `instanceof` does not tell. */
export function isUserError(error: unknown): error is UserError {
  return isError(error) && USER_ERROR in error;
}

/** A command could not do what it was asked for. The process exits with 1. */
export class CommandError extends UserError {}

/** The command line itself is wrong. The process exits with 2. */
export class UsageError extends CommandError {}

/** The site is not set up rightly: a setting, a dotted path, a URLconf or a middleware. */
export class ImproperlyConfigured extends UserError {}
