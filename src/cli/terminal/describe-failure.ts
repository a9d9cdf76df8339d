import kleur from 'kleur';
import { fitCode } from '../../text/fit-code.ts';
import { stackLines } from '../../text/v8-stack.ts';
import { wrapLines } from '../../text/wrap-lines.ts';
import { terminalFailure } from '../../worker/errors/terminal-error.ts';
import type { Failure } from '../../worker/messages.ts';
import { printable } from '../../wsgi/printable.ts';
import { PLAIN_ERRORS } from './error-style.ts';

const INDENT = '  ';

/**
 * A failure as a terminal shows it: the message, the place with its code frame, the hint. What the site has thrown where no line of it was
 * found has a stack, in which only the frames of the site and of libraries are shown.
 *
 * @param style What the terminal can do. @default no more than text
 */
export function describeFailure(failure: Failure, style = PLAIN_ERRORS): string {
  const { name, message, hint, codeFrame, stack } = failure;
  const isOurs = hint !== undefined || codeFrame !== undefined || name === 'ImproperlyConfigured';
  if (isOurs) return describeUserError({ message, hint, codeFrame }, style.columns);
  if (stack === undefined) {
    const text = name === 'Error' ? message : `${name}: ${message}`;
    return describeUserError({ message: text }, style.columns);
  }
  const frames = stackLines(stack, message).join('\n').replace(/^\n/, '');
  return terminalFailure({ ...failure, message: `${name}: ${message}`, stack: frames }, style);
}

interface UserText {
  readonly message: string;
  readonly hint?: string | undefined;
  readonly codeFrame?: string | undefined;
}

/**
 * An error for the user as a terminal shows it: the message, the code around its place, the hint.
 *
 * @param columns How wide the terminal is. @default any width
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
