import { GenerationFailed } from '../../arbiter/generation.ts';
import { isUserError } from '../../errors.ts';
import { describeThrown } from '../../text/thrown-text.ts';
import type { Failure } from '../../worker/messages.ts';

/** Why a generation cannot serve, or a configuration cannot be used, in plain text. */
export function describeFailed(error: unknown): string {
  if (error instanceof GenerationFailed && 'failure' in error.reason)
    return describeFailure(error.reason.failure);
  if (error instanceof GenerationFailed) return error.message;
  return isUserError(error) ? describeFailure(error) : describeThrown(error);
}

export function describeFailure({
  name,
  message,
  hint,
  codeFrame,
  stack,
}: Partial<Failure> & { message: string }): string {
  const isOurs = hint !== undefined || codeFrame !== undefined || name === 'ImproperlyConfigured';
  const lines = [isOurs ? message : (stack ?? `${name}: ${message}`)];
  if (codeFrame !== undefined) lines.push('', codeFrame, '');
  if (hint !== undefined) lines.push(`Hint: ${hint}`);
  return lines.join('\n');
}
