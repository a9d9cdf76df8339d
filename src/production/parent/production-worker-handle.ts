import { setTimeout as delay } from 'node:timers/promises';
import { type WorkerExit, WorkerHandle } from '../../arbiter/worker-handle.ts';
import { readVitals } from '../message-checks.ts';
import type { MessageOf, ToArbiter, ToWorker, Vitals } from '../messages.ts';
import { uptimeMs } from '../uptime-ms.ts';

/** An answer may take longer on a busy machine. It is heard all the same, until the worker's stack is read. */
const ANSWER_TIMEOUT_MS = 500;

/** The parent's side of a worker of the production server, and what is known of it. */
export class ProductionWorkerHandle extends WorkerHandle<ToArbiter, ToWorker> {
  /** By `uptimeMs()`: the clock of the system may be set. */
  readonly startedAt = uptimeMs();
  /** How many requests it may answer. Each has a limit of its own, so that not all are renewed at once. */
  maxRequests = Number.POSITIVE_INFINITY;
  /** It was told to end before it served, since another worker of its generation cannot serve. */
  isUnneeded = false;
  /** Another worker starts to take its place. */
  isLeaving = false;
  state: 'starting' | 'serving' | 'draining' = 'starting';
  /** Its latest report about itself, with the time. */
  vitals: Vitals | undefined;
  vitalsAt = 0;
  /** Its resident memory when it had loaded the site, in bytes. */
  rssAtFirst: number | undefined;
  /** Its last message, when it has ended by itself. */
  lastWords: MessageOf<'exiting'> | undefined;
  /** Why the arbiter has killed it. */
  killedFor: string | undefined;
  /** Where it was when it was killed: the frames of its stack, or a sentence. */
  killedAt: string | undefined;

  noteVitals(vitals: Vitals): void {
    this.vitals = vitals;
    this.rssAtFirst ??= vitals.rss;
    this.vitalsAt = uptimeMs();
  }

  /**
   * Reads where it is and what it has in hand, and kills it.
   *
   * @param isStill whether there is still a reason, since it takes a while to read
   */
  async killFor(reason: string, isStill = () => true): Promise<void> {
    const isKnown = await this.#readWhereabouts(isStill);
    if (!isKnown) return;
    this.killedFor = reason;
    this.kill();
  }

  /** Its time to load the site is over. When it waits for something, it says so, and ends. Else it is busy or blocked, and is killed. */
  async onOverdue(bootTimeoutMs: number, isLoading: () => boolean): Promise<void> {
    this.send({ type: 'overdue', bootTimeoutMs });
    await delay(ANSWER_TIMEOUT_MS);
    const isStill = () => !this.isGone && this.state === 'starting' && isLoading();
    const reason = `it was not ready after ${bootTimeoutMs / 1000} s (--boot-timeout)`;
    if (isStill()) await this.killFor(reason, isStill);
  }

  /** Also reads where it is. That takes seconds where the machine is busy, and the process is not killed meanwhile. */
  override async terminate(): Promise<void> {
    super.terminate();
    await this.#readWhereabouts();
  }

  /** @returns whether it has been read in time */
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

  /** Whether it has ended on request, and in the requested way. */
  wasToEnd({ code }: WorkerExit): boolean {
    if (this.isUnneeded) return true;
    return this.state === 'draining' && code === 0 && (this.killedFor ?? this.lastWords) === undefined;
  }
}
