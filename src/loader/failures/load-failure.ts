import path from 'node:path';
import { ImproperlyConfigured, isUserError, type UserError } from '../../errors.ts';
import { codeFrame } from '../../files/code-frame.ts';
import { readTextIfThere } from '../../files/regular-file.ts';
import { shownPlace } from '../../files/shown-path.ts';
import { findFrame } from '../../text/find-frame.ts';
import { describeThrown, isError, readText } from '../../text/thrown-text.ts';
import { stackLines } from '../../text/v8-stack.ts';
import { hintFor } from './error-hints.ts';
import { SourceSyntaxError } from './module-errors.ts';

/**
 * Says why a module that exists could not be loaded: which file, which line, what was thrown.
 *
 * @param cause What loading it threw.
 * @param file The module that was asked for; the fault may be in one that it imports.
 * @param root The project root, to which paths are shown relative.
 */
export function loadFailure(cause: unknown, file: string, root: string): ImproperlyConfigured {
  if (cause instanceof SourceSyntaxError) {
    const { location, codeFrame: frame, hint } = cause;
    const message = `${shownPlace(location!, root)}: syntax error: ${cause.message}`;
    return new ImproperlyConfigured(message, { location, codeFrame: frame, hint, cause });
  }
  if (isUserError(cause)) return withLocation(cause, root);
  const stack = isError(cause) ? framesOf(cause) : '';
  const location = findFrame(stack, (frame) => isSiteFile(frame, root)) ?? { file };
  const message = `${shownPlace(location, root)}: loading failed: ${describe(cause)}`;
  const hint = isError(cause) ? hintOf(cause, location.file) : undefined;
  return new ImproperlyConfigured(message, { location, codeFrame: codeFrame(location), hint, cause });
}

function hintOf(error: Error, file: string): string | undefined {
  const facts = { name: readText(error, 'name'), message: readText(error, 'message') };
  return hintFor(facts, () => readTextIfThere(file));
}

/** Sees to it that an error of ours names its place: its own, or the user's line that called us. */
function withLocation(error: UserError, root: string): ImproperlyConfigured {
  // Behind an `await` in the stack stands only who waits, such as the wsgi.ts of a site whose settings are wrong.
  const stack = framesOf(error).replace(/^ +at async .*\n?/gm, '');
  const location = error.location ?? findFrame(stack, (file) => isSiteFile(file, root));
  if (location === undefined) return error;
  const prefix = `${shownPlace(location, root)}: `;
  if (error.message.startsWith(prefix)) return error;
  const frame = error.codeFrame ?? codeFrame(location);
  return new ImproperlyConfigured(prefix + error.message, {
    location,
    codeFrame: frame,
    hint: error.hint,
    cause: error,
  });
}

function framesOf(error: Error): string {
  return stackLines(readText(error, 'stack'), readText(error, 'message')).join('\n');
}

function isSiteFile(file: string, root: string): boolean {
  const names = path.relative(root, file).split(path.sep);
  // What is hidden, such as .env, is no module.
  return !names.some((name) => name.startsWith('.') || name === 'node_modules');
}

function describe(thrown: unknown): string {
  if (isError(thrown)) return describeThrown(thrown);
  return `${describeThrown(thrown)} was thrown, which is not an Error`;
}
