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

/** Whether something is an Error, also one of another realm, such as a `vm` context. */
export function isError(thrown: unknown): thrown is Error {
  try {
    return thrown instanceof Error || Object.prototype.toString.call(thrown) === '[object Error]';
  } catch {
    return false; // A proxy that lets nobody ask.
  }
}

/** A text of an error, whatever its getters do. */
export function readText(error: Error, key: 'name' | 'message' | 'stack' | 'code'): string {
  try {
    return String((error as NodeJS.ErrnoException)[key] ?? '');
  } catch {
    return `(a ${key} that cannot be read)`;
  }
}

const FRAME = /^\s+at /;

/**
 * The lines of a stack that stand behind the message, which may have lines that look like frames: a client's words, say.
 *
 * @param message As it is now.
 */
export function stackLines(stack: string, message: string): readonly string[] {
  const start = message === '' ? -1 : stack.indexOf(message);
  const isHeading = start >= 0 && !stack.slice(0, start).includes('\n');
  if (isHeading) return stack.slice(start + message.length).split('\n');
  // The message, or the name, is another than it was when the error was made: only what ends the stack is sure.
  const lines = stack.trimEnd().split('\n');
  return lines.slice(lines.findLastIndex((line) => !FRAME.test(line)) + 1);
}

/** What an error names as its cause, if it lets itself be asked. */
export function causeOf(error: Error): unknown {
  try {
    return error.cause;
  } catch {
    return undefined; // A getter that throws.
  }
}

/** Whatever was thrown, as text. */
export function describeThrown(thrown: unknown): string {
  if (isError(thrown)) return `${readText(thrown, 'name')}: ${readText(thrown, 'message')}`;
  try {
    return typeof thrown === 'object' ? JSON.stringify(thrown) : String(thrown);
  } catch {
    return 'an object'; // One that goes in a circle, or has no way to be text.
  }
}

/** A command could not do what it was asked for. The process exits with 1. */
export class CommandError extends UserError {}

/** The command line itself is wrong. The process exits with 2. */
export class UsageError extends CommandError {}

/** The site is not set up rightly: a setting, a dotted path, a URLconf or a middleware. */
export class ImproperlyConfigured extends UserError {}
