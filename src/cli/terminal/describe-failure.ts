import kleur from 'kleur';
import { fitCode } from '../../text/fit-code.ts';
import { wrapLines } from '../../text/wrap-lines.ts';
import type { Failure } from '../../worker/messages.ts';
import { printable } from '../../wsgi/printable.ts';

const INDENT = '  ';

/**
 * A failure as text for a terminal: the message or the stack, the place with its code frame, the hint.
 *
 * @param columns The width of the terminal. @default unlimited
 */
export function describeFailure(failure: Failure, columns = Number.MAX_SAFE_INTEGER): string {
  const { name, message, hint, codeFrame, stack } = failure;
  const text = isOurs(failure) ? message : (stack ?? `${name}: ${message}`);
  // A stack begins with the name of the error.
  return describeUserError({ message: text.replace(/^Error: /, ''), hint, codeFrame }, columns);
}

/**
 * Whether its message is sufficient without a stack: it is an error of this package, or its place in the site is known.
 */
export function isOurs({ name, hint, codeFrame }: Failure): boolean {
  return hint !== undefined || codeFrame !== undefined || name === 'ImproperlyConfigured';
}

interface UserText {
  readonly message: string;
  readonly hint?: string | undefined;
  readonly codeFrame?: string | undefined;
}

/**
 * An error for users in the form for a terminal: the message, the code around its place, the hint.
 *
 * @param columns The width of the terminal. @default unlimited
 */
export function describeUserError(
  { message, hint, codeFrame }: UserText,
  columns = Number.MAX_SAFE_INTEGER,
): string {
  const shown = wrapLines(`Error: ${printable(message)}`, columns, INDENT);
  const lines = [`${kleur.red('Error:')}${shown.slice('Error:'.length)}`];
  if (codeFrame !== undefined) lines.push('', ...fitCode(printable(codeFrame), columns), '');
  if (hint !== undefined) {
    const wrapped = wrapLines(`Hint: ${printable(hint)}`, columns, INDENT);
    lines.push(`${kleur.cyan('Hint:')}${wrapped.slice('Hint:'.length)}`);
  }
  return lines.join('\n');
}
