import type { ResolveMode } from './resolution.ts';

interface NotFoundDetails {
  /** Node's code for it. @default that of a module that is not there */
  readonly code?: string;
  /** The paths that would have done. */
  readonly tried?: readonly string[];
  /** What could have been imported, where that is known. */
  readonly alternatives?: readonly string[];
  /** What to do about it, where that is known. */
  readonly hint?: string;
  /** Whether the message is a sentence that names what was imported. @default false: it is the reason */
  readonly isSentence?: boolean;
}

/** An import leads nowhere. */
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

  /** What programs that handle the error read. */
  codeFor(mode: ResolveMode): string {
    return this.code ?? (mode === 'require' ? 'MODULE_NOT_FOUND' : 'ERR_MODULE_NOT_FOUND');
  }
}
