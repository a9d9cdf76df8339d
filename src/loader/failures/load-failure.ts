import path from 'node:path';
import { ImproperlyConfigured, isUserError, type UserError } from '../../errors.ts';
import { codeFrame } from '../../files/code-frame.ts';
import { readTextIfThere } from '../../files/regular-file.ts';
import { shownPlace } from '../../files/shown-path.ts';
import { findFrame } from '../../text/find-frame.ts';
import { describeNoError, describeThrown, isError, readText } from '../../text/thrown-text.ts';
import { stackLines } from '../../text/v8-stack.ts';
import { hintFor } from './error-hints.ts';
import { cycleBehind, type FollowImport } from './import-cycle.ts';
import { importedFrom } from './import-errors.ts';
import { SourceSyntaxError } from './module-errors.ts';

/** The module that did not load, and its site. */
interface FailedLoad {
  /** The requested module. The error may come from a module that it imports. */
  readonly file: string;
  /** The project root. Messages show paths relative to it. */
  readonly root: string;
  /** @default no import is followed */
  readonly follow?: FollowImport;
}

/**
 * The error for an existing module that could not be loaded: the file, the line, and the thrown error.
 *
 * @param cause The error that loading it threw.
 */
export function loadFailure(cause: unknown, load: FailedLoad): ImproperlyConfigured {
  const { file, root } = load;
  if (cause instanceof SourceSyntaxError) {
    const { location, codeFrame: frame, hint } = cause;
    const message = `${shownPlace(location!, root)}: syntax error: ${cause.message}`;
    return new ImproperlyConfigured(message, { location, codeFrame: frame, hint, cause });
  }
  if (isUserError(cause)) return withLocation(cause, root);
  const stack = isError(cause) ? framesOf(cause) : '';
  const thrownAt = findFrame(stack, (frame) => isSiteFile(frame, root)) ?? { file };
  const cycle = isError(cause)
    ? cycleBehind(factsOf(cause), thrownAt, load.follow ?? (() => undefined))
    : undefined;
  const location = cycle?.location ?? thrownAt;
  const hint = cycle ? CYCLE_HINT : isError(cause) ? hintOf(cause, location.file) : undefined;
  const drawn = cycle ? `. Modules import each other: ${cycle.files.join(' -> ')}` : '';
  const message = relativeTo(root, `loading failed: ${describe(cause)}${drawn}`);
  return new ImproperlyConfigured(`${shownPlace(location, root)}: ${message}`, {
    location,
    codeFrame: codeFrame(location),
    hint,
    cause,
  });
}

const CYCLE_HINT =
  'Read what is imported in a function that is called later, or move it to a module that imports none of these.';

function hintOf(error: Error, file: string): string | undefined {
  return hintFor(factsOf(error), () => readTextIfThere(file));
}

function factsOf(error: Error) {
  return { name: readText(error, 'name'), message: readText(error, 'message') };
}

/** Adds the place to an error of this package: the error's own location, or the site's line in its stack. */
function withLocation(error: UserError, root: string): ImproperlyConfigured {
  // Frames after an `await` are left out. They only wait, for example in wsgi.ts while the settings are loaded.
  const stack = framesOf(error).replace(/^ +at async .*\n?/gm, '');
  const location = error.location ?? findFrame(stack, (file) => isSiteFile(file, root));
  if (location === undefined) return error;
  const prefix = `${shownPlace(location, root)}: `;
  if (error.message.startsWith(prefix)) return error;
  const frame = error.codeFrame ?? codeFrame(location);
  const message = error.message.replace(importedFrom(location.file), '');
  return new ImproperlyConfigured(prefix + relativeTo(root, message), {
    location,
    codeFrame: frame,
    hint: error.hint && relativeTo(root, error.hint),
    cause: error,
  });
}

/** Makes the paths in a text relative to a folder. */
function relativeTo(folder: string, text: string): string {
  return folder === path.parse(folder).root ? text : text.replaceAll(folder + path.sep, '');
}

function framesOf(error: Error): string {
  return stackLines(readText(error, 'stack'), readText(error, 'message')).join('\n');
}

function isSiteFile(file: string, root: string): boolean {
  const names = path.relative(root, file).split(path.sep);
  // Hidden files, such as .env, are not modules.
  return !names.some((name) => name.startsWith('.') || name === 'node_modules');
}

function describe(thrown: unknown): string {
  return isError(thrown) ? describeThrown(thrown) : describeNoError(thrown);
}
