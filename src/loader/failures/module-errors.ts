import { type ErrorDetails, ImproperlyConfigured, type SourceLocation } from '../../errors.ts';

/** A module of the site cannot be parsed. */
export class SourceSyntaxError extends ImproperlyConfigured {
  constructor(message: string, location: SourceLocation, codeFrame?: string, hint?: string | null) {
    super(message, { location, codeFrame, hint: hint ?? undefined });
    this.name = 'SyntaxError';
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
  }
}
