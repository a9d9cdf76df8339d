import type { Whereabouts, WorkerExit } from '../../arbiter/worker-handle.ts';
import { ImproperlyConfigured, type SourceLocation } from '../../errors.ts';
import { codeFrame } from '../../files/code-frame.ts';
import { isInside, shownPlace } from '../../files/shown-path.ts';
import { findFrame } from '../../text/find-frame.ts';
import type { Failure } from '../../worker/messages.ts';

/** The module that a process loads. */
export interface Subject {
  readonly name: 'configuration' | 'site';
  /** The file that it begins with, if known. */
  readonly file?: string;
  /** The folder of the project. */
  readonly root: string;
}

/** Recreates the error of another process in this one. */
export function fromFailure({ message, hint, codeFrame: frame, stack }: Failure): ImproperlyConfigured {
  const cause = stack === undefined ? undefined : Object.assign(new Error(message), { stack });
  return new ImproperlyConfigured(message, { hint, codeFrame: frame, cause });
}

/** @param stack The caller of `process.exit()`, if the process has reported it. */
export function exitError(subject: Subject, exit: WorkerExit, stack?: string): ImproperlyConfigured {
  return errorAt(subject, stack, `${howItEnded(exit)} while it loaded.`);
}

export function howItEnded({ code, signal, error }: WorkerExit): string {
  if (error !== undefined) return `could not be started (${error.message})`;
  return signal === null ? `ended its process with exit code ${code}` : `was ended by ${signal}`;
}

export function hangError(subject: Subject, ms: number, { stack, rest }: Whereabouts): ImproperlyConfigured {
  const doing = rest ?? (stack === undefined ? 'It is busy.' : 'It is busy here.');
  return errorAt(subject, stack, `did not load within ${ms / 1000} seconds. ${doing}`);
}

function errorAt(
  { name, file, root }: Subject,
  stack: string | undefined,
  what: string,
): ImproperlyConfigured {
  const isOfSite = (frame: string) =>
    frame === file || (isInside(frame, root) && !/[\\/]node_modules[\\/]/.test(frame));
  const frame: SourceLocation | undefined = findFrame(stack ?? '', isOfSite);
  const location = frame ?? (file === undefined ? undefined : { file });
  if (location === undefined) return new ImproperlyConfigured(`The ${name} ${what}`);
  const message = `${shownPlace(location, root)}: the ${name} ${what}`;
  return new ImproperlyConfigured(message, { location, codeFrame: codeFrame(location) });
}
