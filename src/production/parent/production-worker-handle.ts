import { setTimeout as delay } from 'node:timers/promises';
import { type WorkerExit, WorkerHandle } from '../../arbiter/worker-handle.ts';
import { readVitals } from '../message-checks.ts';
import type { MessageOf, ToArbiter, ToWorker, Vitals } from '../messages.ts';
import { uptimeMs } from '../uptime-ms.ts';

/** An answer may take longer on a busy machine. It is still accepted until the worker's stack is read. */
const ANSWER_TIMEOUT_MS = 500;

/** The parent's side of a worker of the production server, and the data about it. */
export class ProductionWorkerHandle extends WorkerHandle<ToArbiter, ToWorker> {
  /** From `uptimeMs()`, since the system's clock may be changed. */
  readonly startedAt = uptimeMs();
  /**
   * The number of requests after which it is replaced. Each worker has its own limit, so that they are not all replaced
   * at the same time.
   */
  maxRequests = Number.POSITIVE_INFINITY;
  /** Whether it was told to end before it served, because another worker of its generation cannot serve. */
  isUnneeded = false;
  /** Whether another worker is being started to replace it. */
  isLeaving = false;
  state: 'starting' | 'serving' | 'draining' = 'starting';
  /** Its latest report about itself, and the time of that. */
  vitals: Vitals | undefined;
  vitalsAt = 0;
  /** Its resident memory in bytes after it has loaded the site. */
  rssAtFirst: number | undefined;
  /** Its last message, if it has ended by itself. */
  lastWords: MessageOf<'exiting'> | undefined;
  /** The reason why the arbiter has killed it. */
  killedFor: string | undefined;
  /** Its position when it was killed: the frames of its stack, or a sentence. */
  killedAt: string | undefined;

  noteVitals(vitals: Vitals): void {
    this.vitals = vitals;
    this.rssAtFirst ??= vitals.rss;
    this.vitalsAt = uptimeMs();
  }

  /**
   * Reads its stack and its open requests, and kills it.
   *
   * @param isStill whether the reason still exists, since reading takes a while
   */
  async killFor(reason: string, isStill = () => true): Promise<void> {
    const isKnown = await this.#readWhereabouts(isStill);
    if (!isKnown) return;
    this.killedFor = reason;
    this.kill();
  }

  /**
   * Called when the time limit of the load has passed. If the worker waits for something, it names it and ends.
   * Otherwise it is busy or blocked, and is killed.
   */
  async onOverdue(bootTimeoutMs: number, isLoading: () => boolean): Promise<void> {
    this.send({ type: 'overdue', bootTimeoutMs });
    await delay(ANSWER_TIMEOUT_MS);
    const isStill = () => !this.isGone && this.state === 'starting' && isLoading();
    const reason = `it was not ready after ${bootTimeoutMs / 1000} s (--boot-timeout)`;
    if (isStill()) await this.killFor(reason, isStill);
  }

  /** Reads its stack before the kill. This takes seconds on a busy machine, during which the process is not killed. */
  override async terminate(): Promise<void> {
    super.terminate();
    await this.#readWhereabouts();
  }

  /** @returns whether the stack was read in time */
  async #readWhereabouts(isStill = () => true): Promise<boolean> {
    const { stack, vitals, rest } = await this.whereabouts();
    if (this.isGone || !isStill()) return false;
    const read = readVitals(vitals);
    if (read !== undefined) this.noteVitals(read);
    this.killedAt = stack ?? rest;
    return true;
  }

  override kill(): void {
    if (!this.isGone) this.killedFor ??= 'it had not ended in time, and was killed';
    super.kill();
  }

  /** Whether it has ended on request and in the requested way. */
  wasToEnd({ code }: WorkerExit): boolean {
    if (this.isUnneeded) return true;
    return this.state === 'draining' && code === 0 && (this.killedFor ?? this.lastWords) === undefined;
  }
}
