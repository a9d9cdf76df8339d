import type { Whereabouts, WorkerExit } from '../../arbiter/worker-handle.ts';
import { ImproperlyConfigured, type SourceLocation } from '../../errors.ts';
import { codeFrame } from '../../files/code-frame.ts';
import { isInside, shownPlace } from '../../files/shown-path.ts';
import { findFrame } from '../../text/v8-stack.ts';
import type { Failure } from '../../worker/messages.ts';

/** The configuration that was to be read. */
export interface ConfigSource {
  readonly file: string;
  /** The folder of the project. */
  readonly root: string;
}

/** The error of another process, in this one. */
export function fromFailure({ message, hint, codeFrame: frame, stack }: Failure): ImproperlyConfigured {
  const cause = stack === undefined ? undefined : Object.assign(new Error(message), { stack });
  return new ImproperlyConfigured(message, { hint, codeFrame: frame, cause });
}

/** @param stack Who has called `process.exit()`, where the process could still say so. */
export function exitError(source: ConfigSource, exit: WorkerExit, stack?: string): ImproperlyConfigured {
  return errorAt(source, stack, `the configuration ${howItEnded(exit)} while it was read.`, {
    hint: 'A configuration only exports settings and hooks: it must not end its process.',
  });
}

export function howItEnded({ code, signal, error }: WorkerExit): string {
  if (error !== undefined) return `could not be given a process (${error.message})`;
  return signal === null ? `ended its process with exit code ${code}` : `lost its process to ${signal}`;
}

export function hangError(
  source: ConfigSource,
  ms: number,
  { stack, rest }: Whereabouts,
): ImproperlyConfigured {
  const doing =
    stack === undefined ? (rest ?? 'It waits for a promise at its top level.') : 'It is busy here.';
  return errorAt(source, stack, `the configuration was not read after ${ms / 1000} seconds. ${doing}`, {});
}

function errorAt(
  { file, root }: ConfigSource,
  stack: string | undefined,
  problem: string,
  details: { readonly hint?: string },
): ImproperlyConfigured {
  const isOfSite = (frame: string) =>
    frame === file || (isInside(frame, root) && !/[\\/]node_modules[\\/]/.test(frame));
  const location: SourceLocation = findFrame(stack ?? '', isOfSite) ?? { file };
  const message = `${shownPlace(location, root)}: ${problem}`;
  return new ImproperlyConfigured(message, { ...details, location, codeFrame: codeFrame(location) });
}
