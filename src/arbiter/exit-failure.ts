import type { Failure } from '../worker/messages.ts';
import type { WorkerExit } from './worker-handle.ts';

/**
 * What to tell of a worker that ended by itself.
 *
 * @param stack Who called `process.exit()`, where the worker could still say so.
 */
export function exitFailure({ code, signal }: WorkerExit, stack?: string): Failure {
  const how = signal === null ? `exited with code ${code}` : `was ended by ${signal}`;
  return {
    name: 'Exit',
    message: `The site's process ${how}.`,
    hint: signal === null ? 'A module or a view called process.exit(), or an addon did.' : undefined,
    stack,
  };
}
