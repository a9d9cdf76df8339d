import type { BoundSocket } from '../../binding/bound-socket.ts';
import type { ErrorLog } from '../../logs/error-log.ts';
import type { StandIn } from './stand-in.ts';

/** The load of a site's workers. */
interface SiteLoad {
  /** For each serving worker, the time since its last answer to a heartbeat. */
  readonly silencesMs: readonly number[];
  /** How long a connection may wait for a worker. 0 means no limit. */
  readonly queueTimeoutMs: number;
  readonly sockets: readonly BoundSocket[];
}

/** Refuses clients while no worker of a site can accept, so that they do not wait without end. */
export class Shedding {
  readonly #standIn: StandIn;
  readonly #log: () => ErrorLog;
  /** The time since which no worker can accept, from `uptimeMs()`. */
  #stuckSince: number | undefined;

  constructor(standIn: StandIn, log: () => ErrorLog) {
    this.#standIn = standIn;
    this.#log = log;
  }

  /** Starts the stand-in when it is needed, or ends it. */
  check(now: number, { silencesMs, queueTimeoutMs, sockets }: SiteLoad): void {
    if (queueTimeoutMs === 0) return;
    const canAccept = silencesMs.some((silentMs) => silentMs < queueTimeoutMs);
    this.#stuckSince = canAccept ? undefined : (this.#stuckSince ?? now);
    // If there are workers, they have been silent for that time already.
    const waitMs = silencesMs.length > 0 ? 0 : queueTimeoutMs;
    const isStuck = this.#stuckSince !== undefined && now - this.#stuckSince >= waitMs;
    if (isStuck === this.#standIn.isServing) return;
    if (isStuck) {
      const seconds = queueTimeoutMs / 1000;
      this.#log().error(
        `No worker has been able to accept for ${seconds} s (--queue-timeout): clients get 503 until one is.`,
      );
      this.#standIn.start(sockets);
    } else {
      this.#log().info('A worker accepts again.');
      this.#standIn.end();
    }
  }

  end(): void {
    this.#stuckSince = undefined;
    this.#standIn.end();
  }
}
