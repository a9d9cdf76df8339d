import type { ResolveMode } from './resolution.ts';

interface NotFoundDetails {
  /** Node's error code. @default the code of a missing module */
  readonly code?: string;
  /** The paths that were tried. */
  readonly tried?: readonly string[];
  /** Existing specifiers to suggest. */
  readonly alternatives?: readonly string[];
  /** The next step for the user. */
  readonly hint?: string;
  /** Whether the message is a whole sentence that contains the specifier. @default false: it is only the reason */
  readonly isSentence?: boolean;
}

/** The error for an import without a target. */
export class NotFound extends Error {
  readonly code: string | undefined;
  readonly tried: readonly string[];
  readonly alternatives: readonly string[];
  readonly hint: string | undefined;
  readonly isSentence: boolean;

  constructor(message: string, details: NotFoundDetails = {}) {
    const { code, tried = [], alternatives = [], hint, isSentence = false } = details;
    super(message);
    this.code = code;
    this.tried = tried;
    this.alternatives = alternatives;
    this.hint = hint;
    this.isSentence = isSentence;
  }

  /** The error code for programs that handle the error. */
  codeFor(mode: ResolveMode): string {
    return this.code ?? (mode === 'require' ? 'MODULE_NOT_FOUND' : 'ERR_MODULE_NOT_FOUND');
  }
}
