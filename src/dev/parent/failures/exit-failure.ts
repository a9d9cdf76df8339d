import type { WorkerExit } from '../../../arbiter/worker-handle.ts';
import type { Failure } from '../../../worker/messages.ts';
import { ABORTED } from '../../../worker/stop.ts';

const OUT_OF_MEMORY: Failure = {
  name: 'OutOfMemory',
  message: "The site's process ran out of memory, or native code aborted it (SIGABRT).",
  hint: 'Look for data that grows without limit. If the site needs that much memory, allow it: NODE_OPTIONS=--max-old-space-size=8192 (MiB).',
};

const CUT_OFF: Failure = {
  name: 'Exit',
  message: "The site's process closed its channel to runserver.",
  hint: 'A module or a view closed a file descriptor that was not its own, or called process.disconnect().',
};

const CALLED_HINT =
  'process.exit() ends all requests of the process. To end one, throw an error or return a Response.';

/** The beginning of the stack that a worker sends before it aborts. */
const ABORT_CALL = 'Error: process.abort()';

/**
 * The failure for a worker that ended by itself.
 *
 * @param stack The stack of the call of `process.exit()` or `process.abort()`, if the worker could send it.
 */
export function exitFailure({ code, signal, isCutOff }: WorkerExit, stack?: string): Failure {
  if (isCutOff) return CUT_OFF;
  if (stack?.startsWith(ABORT_CALL)) {
    const hint = 'A module or a view called process.abort().';
    return { name: 'Exit', message: "The site's process aborted itself (SIGABRT).", hint, stack };
  }
  // V8 aborts when the heap is full, after a message. Other causes are rare, and look the same from here.
  if (signal === 'SIGABRT' || code === ABORTED) return OUT_OF_MEMORY;
  const how = signal === null ? `exited with code ${code}` : `was ended by ${signal}`;
  return {
    name: 'Exit',
    message: `The site's process ${how}.`,
    hint: signal === null ? exitHint(stack) : undefined,
    stack,
  };
}

function exitHint(stack = ''): string {
  const isCalled = stack.includes('\n');
  return isCalled ? CALLED_HINT : 'A module or a view called process.exit(), or an addon did.';
}

/** The failure for a worker that ended while it was serving, with the next step. */
export function lostWorker(failure: Failure, isWaitedFor: boolean): Failure {
  const next = isWaitedFor ? 'It is started again.' : 'The next request starts it again.';
  return { ...failure, message: `${failure.message} ${next}` };
}

const OUT_OF_FILES = /\bE[MN]FILE\b/;

/** The notice about a worker that could not start. */
export function startFailure({ code, signal, error }: WorkerExit): string {
  const advice = 'The server tries again.';
  if (error === undefined) {
    const how = signal === null ? `exited with code ${code}` : `was ended by ${signal}`;
    return `The site's process ${how} before it could load anything. ${advice}`;
  }
  const cure = OUT_OF_FILES.test(error.message)
    ? 'Too many files are open here: allow more (ulimit -n 1024). '
    : '';
  return `The site's process could not be started: ${error.message}. ${cure}${advice}`;
}

/** The notice about a worker that is still starting after a long time. */
export function lateStartNotice(pid: number | undefined, ms: number): string {
  return (
    `The site's process (${pid}) has not started after ${ms / 1000} s: Node waits for something. ` +
    'Check that no package.json here or above is a pipe, and that Node waits for no debugger (--inspect-brk). The next load starts another process.'
  );
}
