import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import type { MessageOf } from '../messages.ts';

/** The number of connections that a worker has accepted since the last report, and its utilization. */
export type AcceptReport = Omit<MessageOf<'accepts'>, 'type'>;

const CHECK_MS = 100;
/** With this number of connections, a report is sent immediately. */
const ENOUGH = 8;
/** A smaller number is reported after this time. */
const LONGEST_MS = 200;

/** Counts connections and reports them in groups. Without connections it has no timer. */
export class AcceptReports {
  readonly #send: (report: AcceptReport) => void;
  #accepted = 0;
  #began: EventLoopUtilization | undefined;

  constructor(send: (report: AcceptReport) => void) {
    this.#send = send;
  }

  /** Called for each accepted connection. */
  count(): void {
    this.#accepted += 1;
    if (this.#began !== undefined) return;
    this.#began = performance.eventLoopUtilization();
    this.#check(CHECK_MS);
  }

  #check(waitedMs: number): void {
    setTimeout(() => {
      if (this.#accepted < ENOUGH && waitedMs < LONGEST_MS) this.#check(waitedMs + CHECK_MS);
      else this.#report();
    }, CHECK_MS).unref();
  }

  #report(): void {
    const { utilization } = performance.eventLoopUtilization(this.#began);
    this.#send({ accepted: this.#accepted, utilization });
    this.#accepted = 0;
    this.#began = undefined;
  }
}
