import { WorkerHandle } from '../../arbiter/worker-handle.ts';
import type { MessageOf, ToArbiter, ToWorker } from '../messages.ts';

/** The parent's side of a worker that can load the site once. */
export class DevWorkerHandle extends WorkerHandle<ToArbiter, ToWorker> {
  /** Whether it has begun with the last connection that it got. A connection that a worker gets while it hangs is stuck. */
  isFree = true;
  /** Whether it has what the next worker may need: a port of the site's own, children. */
  isHolding = false;
  /** Files that may have changed since the process started. What it has prepared of them is out of date. */
  readonly touched = new Set<string>();
  /** The files that it has read before it was activated. */
  readonly ahead: MessageOf<'files'>[] = [];
}
