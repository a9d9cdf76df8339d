import { WorkerHandle } from '../../arbiter/worker-handle.ts';
import type { AskedRequest, MessageOf, ToArbiter, ToWorker } from '../messages.ts';

/** The parent's side of a worker that can load the site once. */
export class DevWorkerHandle extends WorkerHandle<ToArbiter, ToWorker> {
  /**
   * Whether it has begun to read its latest connection. A connection that is sent to a blocked worker cannot be sent
   * elsewhere.
   */
  isFree = true;
  /** Whether it holds a resource that the next worker may need: a port of the site, or child processes. */
  isHolding = false;
  /** Files that may have changed since the process started. What it has prepared for them is out of date. */
  readonly touched = new Set<string>();
  /** Files that it has read before its activation. */
  readonly ahead: MessageOf<'files'>[] = [];
  /** Requests that it has passed to the site and that have no response yet, by the numbers of their connections. */
  readonly asked = new Map<number, { readonly request: AskedRequest; readonly since: number }>();
  /** Whether another worker has replaced it. */
  isRetired = false;
  /** The stack of the call of `process.exit()`, if it is known. */
  exitStack: string | undefined;
  /** Its stack at the time when a request blocked it. */
  stuckAt: string | undefined;

  /** Records that these files may have changed. */
  touch(files: readonly string[]): void {
    for (const file of files) this.touched.add(file);
  }
}
