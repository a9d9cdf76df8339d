import { WorkerHandle } from '../../arbiter/worker-handle.ts';
import type { MessageOf, ToArbiter, ToWorker, Vitals } from '../messages.ts';

/** The parent's side of a worker of the production server, and what is known of it. */
export class ProductionWorkerHandle extends WorkerHandle<ToArbiter, ToWorker> {
  readonly startedAt = Date.now();
  /** How many requests it may answer. Each has a limit of its own, so that not all are renewed at once. */
  maxRequests = Number.POSITIVE_INFINITY;
  /** Another worker starts to take its place. */
  isLeaving = false;
  state: 'starting' | 'serving' | 'draining' = 'starting';
  /** What it said last of itself, and when. */
  vitals: Vitals | undefined;
  vitalsAt = 0;
  /** Its last message, when it has ended by itself. */
  lastWords: MessageOf<'exiting'> | undefined;
  /** Why the arbiter has killed it. */
  killedFor: string | undefined;
  /** Where it was when it was killed: the frames of its stack, or a sentence. */
  killedAt: string | undefined;

  noteVitals(vitals: Vitals): void {
    this.vitals = vitals;
    this.vitalsAt = Date.now();
  }
}
