import kleur from 'kleur';
import type { Failure } from '../../worker/messages.ts';
import { printable } from '../../wsgi/printable.ts';

/** A failure as a terminal shows it: the message or the stack, the place with its code frame, the hint. */
export function describeFailure({ name, message, hint, codeFrame, stack }: Failure): string {
  const isOurs = hint !== undefined || codeFrame !== undefined || name === 'ImproperlyConfigured';
  const lines = [`${kleur.red('Error:')} ${printable(isOurs ? message : (stack ?? `${name}: ${message}`))}`];
  if (codeFrame !== undefined) lines.push('', printable(codeFrame), '');
  if (hint !== undefined) lines.push(`${kleur.cyan('Hint:')} ${printable(hint)}`);
  return lines.join('\n');
}
