import { WorkerHandle } from '../../arbiter/worker-handle.ts';
import type { AskedRequest, MessageOf, ToArbiter, ToWorker } from '../messages.ts';

/** The parent's side of a worker that can load the site once. */
export class DevWorkerHandle extends WorkerHandle<ToArbiter, ToWorker> {
  /** Whether it has begun to read its latest connection. A connection that is sent to a blocked worker is stuck. */
  isFree = true;
  /** Whether it holds a resource that the next worker may need: a port of the site, children. */
  isHolding = false;
  /** Files that may have changed since the process started: their preparation is out of date. */
  readonly touched = new Set<string>();
  /** The files that it has read before it was activated. */
  readonly ahead: MessageOf<'files'>[] = [];
  /** The requests that it has passed to the site, without a response yet, by the numbers of their connections. */
  readonly asked = new Map<number, { readonly request: AskedRequest; readonly since: number }>();
  /** Another worker has replaced it. */
  isRetired = false;
  /** The stack of the call of `process.exit()`, if it is known. */
  exitStack: string | undefined;
  /** Its stack while a request blocked it. */
  stuckAt: string | undefined;

  /** These files may have changed. */
  touch(files: readonly string[]): void {
    for (const file of files) this.touched.add(file);
  }
}
