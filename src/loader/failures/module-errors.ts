import {
  type ErrorDetails,
  ImproperlyConfigured,
  type SourceLocation,
  type UserError,
} from '../../errors.ts';

/** A module of the site cannot be parsed. */
export class SourceSyntaxError extends ImproperlyConfigured {
  constructor(message: string, location: SourceLocation, codeFrame?: string, hint?: string | null) {
    super(message, { location, codeFrame, hint: hint ?? undefined });
    this.name = 'SyntaxError';
    placeInStack(this);
  }
}

/** An import of a module that does not exist, or of a name that the module does not export. */
export class ImportError extends ImproperlyConfigured {
  /** Node's code, for programs that handle a missing optional module. */
  readonly code: string | undefined;
  /** As Node's `require()` has it. */
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

/** Puts the place of the fault before the frames, which lead to the import alone: logs and pages show the stack. */
function placeInStack(error: UserError): void {
  const { stack, message, location } = error;
  if (typeof stack !== 'string' || location?.line === undefined) return;
  const place = `${location.file}:${location.line}:`;
  if (stack.includes(place)) return;
  const end = stack.indexOf(message) + message.length;
  error.stack = `${stack.slice(0, end)}\n    at ${place}${location.column ?? 1}${stack.slice(end)}`;
}
