import kleur from 'kleur';
import type { Failure } from '../../worker/messages.ts';
import { printable } from '../../wsgi/printable.ts';

/** A failure as a terminal shows it: the message or the stack, the place with its code frame, the hint. */
export function describeFailure({ name, message, hint, codeFrame, stack }: Failure): string {
  const isOurs = hint !== undefined || codeFrame !== undefined || name === 'ImproperlyConfigured';
  const text = isOurs ? message : (stack ?? `${name}: ${message}`);
  // A stack begins with the name of the error.
  const lines = [`${kleur.red('Error:')} ${printable(text.replace(/^Error: /, ''))}`];
  if (codeFrame !== undefined) lines.push('', printable(codeFrame), '');
  if (hint !== undefined) lines.push(`${kleur.cyan('Hint:')} ${printable(hint)}`);
  return lines.join('\n');
}
