import {
  type ErrorDetails,
  ImproperlyConfigured,
  type SourceLocation,
  type UserError,
} from '../../errors.ts';

/** The error for a module of the site that cannot be parsed. */
export class SourceSyntaxError extends ImproperlyConfigured {
  constructor(message: string, location: SourceLocation, codeFrame?: string, hint?: string | null) {
    super(message, { location, codeFrame, hint: hint ?? undefined });
    this.name = 'SyntaxError';
    placeInStack(this);
  }
}

/** The error for an import of a missing module, or of a name that the module does not export. */
export class ImportError extends ImproperlyConfigured {
  /** Node's code, for programs that handle a missing optional module. */
  readonly code: string | undefined;
  /** The same list as in the errors of Node's `require()`. */
  readonly requireStack: readonly string[] | undefined;

  constructor(
    message: string,
    details: ErrorDetails & { readonly code?: string; readonly requireStack?: readonly string[] },
  ) {
    super(message, details);
    this.code = details.code;
    this.requireStack = details.requireStack;
    placeInStack(this);
  }
}

/**
 * Puts the place of the error before the frames of the stack. Logs and error pages show the stack, and its frames lead
 * only to the import.
 */
function placeInStack(error: UserError): void {
  const { stack, message, location } = error;
  if (typeof stack !== 'string' || location?.line === undefined) return;
  const place = `${location.file}:${location.line}:`;
  if (stack.includes(place)) return;
  const end = stack.indexOf(message) + message.length;
  error.stack = `${stack.slice(0, end)}\n    at ${place}${location.column ?? 1}${stack.slice(end)}`;
}
