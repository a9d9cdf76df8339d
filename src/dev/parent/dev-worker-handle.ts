import { WorkerHandle } from '../../arbiter/worker-handle.ts';
import type { AskedRequest, MessageOf, ToArbiter, ToWorker } from '../messages.ts';

/** The parent's side of a worker that can load the site once. */
export class DevWorkerHandle extends WorkerHandle<ToArbiter, ToWorker> {
  /** Whether it has begun with the last connection that it got. A connection that a worker gets while it hangs is stuck. */
  isFree = true;
  /** Whether it holds a resource that the next worker may need: a port of the site, children. */
  isHolding = false;
  /** Files that may have changed since the process started: their preparation is out of date. */
  readonly touched = new Set<string>();
  /** The files that it has read before it was activated. */
  readonly ahead: MessageOf<'files'>[] = [];
  /** The requests that it has passed to the site, without a response yet, by the numbers of their connections. */
  readonly asked = new Map<number, { readonly request: AskedRequest; readonly since: number }>();
  /** Another has taken its place. */
  isRetired = false;
  /** Who called `process.exit()`, if it could say it. */
  exitStack: string | undefined;
  /** Where it was when a request had kept it busy for long. */
  stuckAt: string | undefined;

  /** These files may have changed. */
  touch(files: readonly string[]): void {
    for (const file of files) this.touched.add(file);
  }
}
