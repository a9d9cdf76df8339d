import type { Failure, Message, SharedToArbiter } from '../worker/messages.ts';
import type { PoolWorker, WorkerExit } from './worker-handle.ts';
import type { WorkerPool } from './worker-pool.ts';

export interface GenerationOptions<In extends Message, Worker extends PoolWorker<In>> {
  readonly pool: WorkerPool<In, Worker>;
  readonly spawn: () => Worker;
  /** The number of workers. */
  readonly size: number;
  /**
   * The time limit for a worker's start, and again for its time from there until it is ready. 0: no limit. @default
   * 60000
   */
  readonly bootTimeoutMs?: number;
  /** The generation is proven when all its first workers are ready and have lived for this time. @default 0 */
  readonly minUptimeMs?: number;
  /** Called for a worker that exceeds the time limit. @default the worker is killed */
  onLate?(worker: Worker): void;
  /**
   * Describes the end of a worker that was not ready. The text follows 'A worker did not become ready: '. @default its
   * signal or its exit code
   */
  describeExit?(worker: Worker, exit: WorkerExit): string;
  /** Called when a worker has booted. It waits for messages that name the site and the socket. */
  onBooted(worker: Worker): void;
  /** Called for all messages except `booted` and `retiring`. @default nothing */
  onMessage?(message: In, worker: Worker): void;
  /** Called when a worker must end, or has ended. @default nothing */
  onLeft?(worker: Worker, exit?: WorkerExit): void;
  /** Called when the process of a worker has ended, also when the arbiter has stopped it. @default nothing */
  onGone?(worker: Worker, exit: WorkerExit): void;
}

/**
 * The reason why a worker cannot serve: an error that it reports, or the end of its process before it was ready or
 * within `minUptimeMs` after that.
 */
type GenerationFailure =
  | { readonly failure: Failure }
  | { readonly exit: WorkerExit; readonly how: string; readonly readyForMs?: number | undefined };

/** The error of a generation that cannot serve. */
export class GenerationFailed extends Error {
  readonly reason: GenerationFailure;

  constructor(reason: GenerationFailure) {
    super('failure' in reason ? reason.failure.message : describeEnd(reason));
    this.reason = reason;
  }
}

interface Member {
  readonly startedAt: number;
  readonly bootLimit: NodeJS.Timeout | undefined;
  /** Undefined until the worker is ready. */
  readyAt?: number;
  /** Set for a worker that must end as soon as another one is ready: the time limit for its requests in flight. */
  leavesInMs?: number;
}

const BOOT_TIMEOUT_MS = 60_000;

/** A worker that lived for a shorter time is replaced after a delay. The delay doubles each time, up to a limit. */
const SHORT_LIFE_MS = 1_000;
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 10_000;

/** N workers that run the same code. A worker that ends is replaced by a new one. */
export class Generation<In extends Message, Worker extends PoolWorker<In>> {
  /**
   * Resolved when all first workers are ready and have lived for `minUptimeMs`. Rejected with `GenerationFailed` when
   * one of them fails.
   */
  readonly ready: Promise<void>;
  readonly #options: GenerationOptions<In, Worker>;
  /** The workers, oldest first. */
  readonly #members = new Map<Worker, Member>();
  #size: number;
  #state: 'starting' | 'proven' | 'failed' | 'retired' = 'starting';
  #delayMs = 0;
  #respawn: NodeJS.Timeout | undefined;
  #proof: NodeJS.Timeout | undefined;
  #prove!: () => void;
  #fail!: (reason: GenerationFailed) => void;

  constructor(options: GenerationOptions<In, Worker>) {
    this.#options = options;
    this.#size = options.size;
    this.ready = new Promise((resolve, reject) => {
      this.#prove = resolve;
      this.#fail = reject;
    });
    this.ready.catch(() => {}); // A rejection is not an uncaught error: the caller may add its handler later.
  }

  /** The workers that are ready. */
  get workers(): readonly Worker[] {
    return [...this.#members].filter(([, { readyAt }]) => readyAt !== undefined).map(([worker]) => worker);
  }

  start(): void {
    this.#fill();
  }

  /** Changes the number of workers: starts new ones, or retires the oldest ones. */
  resize(size: number, drainMs: number): void {
    this.#size = size;
    for (const worker of this.#staying().slice(0, -size || undefined)) this.#retire(worker, drainMs);
    this.#fill();
  }

  /** Starts a new worker, and retires this one when the new worker is ready. */
  renew(worker: Worker, drainMs: number): void {
    const member = this.#members.get(worker);
    if (member === undefined) return;
    member.leavesInMs ??= drainMs;
    this.#fill();
  }

  /** Retires all workers: they finish their requests within a time limit, and end. A pending `ready` stays pending. */
  retire(drainMs: number): void {
    this.#state = 'retired';
    clearTimeout(this.#respawn);
    clearTimeout(this.#proof);
    for (const worker of this.#members.keys()) this.#retire(worker, drainMs);
  }

  #staying(): Worker[] {
    return [...this.#members].filter(([, { leavesInMs }]) => leavesInMs === undefined).map(([one]) => one);
  }

  #fill(): void {
    if (this.#state === 'retired' || this.#respawn !== undefined) return;
    while (this.#staying().length < this.#size) this.#spawn();
  }

  #spawn(): void {
    const { pool, spawn, bootTimeoutMs = BOOT_TIMEOUT_MS, onLate = (late) => late.kill() } = this.#options;
    const worker = spawn();
    const bootLimit = bootTimeoutMs === 0 ? undefined : setTimeout(() => onLate(worker), bootTimeoutMs);
    this.#members.set(worker, { startedAt: Date.now(), bootLimit });
    pool.adopt(worker, {
      onMessage: (message) => this.#onMessage(message, worker),
      onExit: (exit) => this.#onExit(exit, worker),
    });
  }

  #onMessage(message: In, worker: Worker): void {
    const { onBooted, onMessage } = this.#options;
    const shared = message as SharedToArbiter | Message;
    if (shared.type === 'booted') {
      // The limit is meant for the site's code. The start of Node can take long on a busy machine, so the limit begins
      // again here.
      this.#members.get(worker)?.bootLimit?.refresh();
      onBooted(worker);
    } else onMessage?.(message, worker);
    if (shared.type === 'ready') this.#onReady((shared as { failure?: Failure }).failure, worker);
  }

  #onReady(failure: Failure | undefined, worker: Worker): void {
    const member = this.#members.get(worker);
    if (member === undefined) return;
    clearTimeout(member.bootLimit);
    if (failure !== undefined) {
      this.#left(worker, { failure });
      this.#options.pool.retire(worker, 0);
      return;
    }
    member.readyAt = Date.now();
    const leaving = [...this.#members].find(([, { leavesInMs }]) => leavesInMs !== undefined);
    if (leaving) this.#retire(leaving[0], leaving[1].leavesInMs!);
    if (this.#state !== 'starting' || this.workers.length < this.#size) return;
    const prove = () => {
      this.#state = 'proven';
      this.#prove();
    };
    const { minUptimeMs = 0 } = this.#options;
    if (minUptimeMs === 0) prove();
    else this.#proof = setTimeout(prove, minUptimeMs);
  }

  #onExit(exit: WorkerExit, worker: Worker): void {
    const { describeExit = howItEnded } = this.#options;
    const member = this.#members.get(worker);
    if (member !== undefined) {
      const readyForMs = member.readyAt && Date.now() - member.readyAt;
      this.#left(worker, { exit, how: describeExit(worker, exit), readyForMs });
    }
    this.#options.onGone?.(worker, exit);
  }

  /** Called when a worker has stopped serving by itself. Another worker replaces it, at once or after a delay. */
  #left(worker: Worker, reason: GenerationFailure): void {
    const { startedAt, readyAt } = this.#members.get(worker)!;
    this.#remove(worker, 'exit' in reason ? reason.exit : undefined);
    if (this.#state === 'starting') {
      this.#state = 'failed';
      clearTimeout(this.#proof);
      this.#fail(new GenerationFailed(reason));
    }
    if (this.#state !== 'proven') return;
    if (readyAt !== undefined && Date.now() - startedAt >= SHORT_LIFE_MS) this.#delayMs = 0;
    else this.#delayMs = Math.min(this.#delayMs * 2 || FIRST_DELAY_MS, LONGEST_DELAY_MS);
    this.#respawn ??= setTimeout(() => {
      this.#respawn = undefined;
      this.#fill();
    }, this.#delayMs);
  }

  #retire(worker: Worker, drainMs: number): void {
    const { readyAt } = this.#members.get(worker)!;
    this.#remove(worker);
    this.#options.pool.retire(worker, readyAt === undefined ? 0 : drainMs);
  }

  #remove(worker: Worker, exit?: WorkerExit): void {
    clearTimeout(this.#members.get(worker)!.bootLimit);
    this.#members.delete(worker);
    this.#options.onLeft?.(worker, exit);
  }
}

function describeEnd({ how, readyForMs }: Extract<GenerationFailure, { readonly exit: WorkerExit }>): string {
  if (readyForMs === undefined) return `A worker did not become ready: ${how}.`;
  return `A worker ended ${(readyForMs / 1000).toFixed(1)} s after it was ready: ${how}.`;
}

function howItEnded(_worker: unknown, { code, signal }: WorkerExit): string {
  return signal === null ? `it ended with exit code ${code}` : `${signal} ended it`;
}
