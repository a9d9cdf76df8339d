import { GenerationFailed } from '../../arbiter/generation.ts';
import { isUserError } from '../../errors.ts';
import { describeThrown } from '../../text/thrown-text.ts';
import type { Failure } from '../../worker/messages.ts';

/** Why a generation cannot serve, or a configuration cannot be used, in plain text. */
export function describeFailed(error: unknown): string {
  if (error instanceof GenerationFailed && 'failure' in error.reason)
    return describeFailure(error.reason.failure);
  if (error instanceof GenerationFailed) return error.message;
  return isUserError(error) ? withDetails(error.message, error) : describeThrown(error);
}

export function describeFailure(failure: Failure): string {
  const { name, message, hint, codeFrame, stack } = failure;
  const isOurs = hint !== undefined || codeFrame !== undefined || name === 'ImproperlyConfigured';
  return withDetails(isOurs ? message : (stack ?? `${name}: ${message}`), failure);
}

function withDetails(text: string, { codeFrame, hint }: Pick<Failure, 'codeFrame' | 'hint'>): string {
  const lines = [text];
  if (codeFrame !== undefined) lines.push('', codeFrame, '');
  if (hint !== undefined) lines.push(`Hint: ${hint}`);
  return lines.join('\n');
}
