import type { AcceptReport } from '../../child/accept-reports.ts';
import type { ProductionWorkerHandle } from '../production-worker-handle.ts';

type AcceptingWorker = Pick<ProductionWorkerHandle, 'send' | 'vitals'>;

interface SharedSocket<Worker> {
  giveTo(worker: Worker): void;
  takeFrom(worker: Worker): void;
}

interface Share {
  /** The number of recently accepted connections. Each heartbeat halves it. */
  recent: number;
  /** The part of its time in which it was busy, from 0 to 1, in its last report. */
  utilization: number;
  hasReported: boolean;
  isResting: boolean;
}

/** The limit of the other workers' utilization while some workers pause. */
const MOST_UTILIZATION = 0.75;
/** How far a worker may be above the mean: as a part of the mean, and as a number of connections if these are few. */
const TOLERANCE = 0.1;
const SLACK = 2;
/**
 * If the other workers send no report for this time, the paused workers accept again, since the others may be blocked.
 */
const LONGEST_REST_MS = 250;

/**
 * Balances the connections of a site's workers. All workers wait on the same socket, and the kernel wakes the worker
 * that has begun to wait last. So with a low load, one worker would get nearly all connections. Therefore the workers
 * with the most connections pause: at most half of all, and only as many as the others have time to replace. If all are
 * busy, all accept.
 */
export class FairShare<Worker extends AcceptingWorker> {
  readonly #sockets: () => readonly SharedSocket<Worker>[];
  readonly #shares = new Map<Worker, Share>();
  #restLimit: NodeJS.Timeout | undefined;
  #requests = 0;

  /** @param sockets Returns the sockets that all of the workers accept on. */
  constructor(sockets: () => readonly SharedSocket<Worker>[]) {
    this.#sockets = sockets;
  }

  /** Called when a worker begins to accept. */
  join(worker: Worker): void {
    this.#shares.set(worker, { recent: this.#mean(), utilization: 0, hasReported: true, isResting: false });
    for (const socket of this.#sockets()) socket.giveTo(worker);
  }

  /** Called when a worker is about to end. */
  leave(worker: Worker): void {
    this.#shares.delete(worker);
    for (const socket of this.#sockets()) socket.takeFrom(worker);
    this.#choose();
  }

  report(worker: Worker, { accepted, utilization }: AcceptReport): void {
    const share = this.#shares.get(worker);
    if (share === undefined) return;
    share.recent += accepted;
    share.utilization = utilization;
    share.hasReported = true;
    if (!share.isResting) this.#restLimit?.refresh();
    this.#choose();
  }

  /** Called about once per second. */
  beat(): void {
    for (const share of this.#shares.values()) {
      share.recent /= 2;
      if (!share.hasReported) share.utilization = 0; // The worker has accepted nothing since the last heartbeat.
      share.hasReported = false;
    }
    const requests = this.#sum((_, worker) => worker.vitals?.requests ?? 0);
    if (requests !== this.#requests) this.#evenConnections();
    this.#requests = requests;
    this.#choose();
  }

  /**
   * Balances persistent connections. A worker with too many ends some of them and pauses, so that another worker gets
   * them.
   */
  #evenConnections(): void {
    const mean = this.#sum((_, worker) => worker.vitals?.connections ?? 0) / this.#shares.size;
    for (const [worker, share] of this.#shares) {
      const surplus = Math.floor((worker.vitals?.connections ?? 0) - mean);
      if (surplus < 1 || surplus < mean * TOLERANCE) continue;
      worker.send({ type: 'shed', connections: surplus });
      share.recent += surplus + SLACK;
    }
  }

  /** Decides which workers pause from now on. */
  #choose(): void {
    const all = [...this.#shares];
    const mean = this.#mean();
    const most = mean * (1 + TOLERANCE) + SLACK;
    const needed = this.#sum(({ utilization }) => utilization) / MOST_UTILIZATION;
    const mostResting = Math.min(all.length >> 1, Math.max(0, Math.floor(all.length - needed)));
    const resting = all
      .filter(([, { recent, isResting }]) => recent > (isResting ? mean : most))
      .sort(([, a], [, b]) => b.recent - a.recent)
      .slice(0, mostResting);
    for (const [worker, share] of all) {
      const isResting = resting.some(([one]) => one === worker);
      if (isResting === share.isResting) continue;
      share.isResting = isResting;
      for (const socket of this.#sockets()) {
        if (isResting) socket.takeFrom(worker);
        else socket.giveTo(worker);
      }
      if (isResting) worker.send({ type: 'rest' });
    }
    if (resting.length > 0) {
      this.#restLimit ??= setTimeout(() => this.#endRest(), LONGEST_REST_MS).unref();
    } else {
      clearTimeout(this.#restLimit);
      this.#restLimit = undefined;
    }
  }

  /** Makes all workers accept again. They count as busy until their next report or the next heartbeat. */
  #endRest(): void {
    this.#restLimit = undefined;
    for (const share of this.#shares.values()) share.utilization = 1;
    this.#choose();
  }

  #mean(): number {
    return this.#sum(({ recent }) => recent) / Math.max(1, this.#shares.size);
  }

  #sum(of: (share: Share, worker: Worker) => number): number {
    return [...this.#shares].reduce((total, [worker, share]) => total + of(share, worker), 0);
  }
}
