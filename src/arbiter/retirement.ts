import type { Message } from '../worker/messages.ts';
import { HANDLERS_TIMEOUT_MS, type StopSignal } from '../worker/stop.ts';
import type { PoolWorker } from './worker-handle.ts';

/** A worker whose event loop is running acknowledges within this time. */
const ANSWER_TIMEOUT_MS = 1_000;

/** The time that a worker may need after its own deadlines, to close its connections and to end. */
const MARGIN_MS = 500;

/**
 * The process may be blocked by a child process that ends on SIGTERM. After that, the site's handlers may run for this
 * time.
 */
const TERM_TIMEOUT_MS = 1_000;

type RetiringWorker = Pick<PoolWorker<Message>, 'ended' | 'send' | 'terminate' | 'kill'>;

export interface RetirementOptions {
  /** The time limit for requests in flight. */
  readonly drainMs: number;
  /** The signal whose handlers run in the worker. */
  readonly signal: StopSignal;
}

/**
 * The end of a worker, for any reason. The worker gets a message, finishes its requests in flight, runs the site's
 * handlers, and exits. If that takes too long, its process group gets SIGTERM, and then SIGKILL.
 */
export class Retirement {
  readonly #worker: RetiringWorker;
  #options: RetirementOptions;
  #timer: NodeJS.Timeout | undefined;
  #hasAnswered = false;
  #hasEnded = false;

  constructor(worker: RetiringWorker, options: RetirementOptions) {
    this.#worker = worker;
    this.#options = options;
    this.#tell();
    void worker.ended.then(() => {
      this.#hasEnded = true;
      clearTimeout(this.#timer);
    });
  }

  /** Called when the worker has acknowledged: it ends by itself. */
  answered(): void {
    this.#hasAnswered = true;
    this.#terminateAfter(this.#options.drainMs + HANDLERS_TIMEOUT_MS + MARGIN_MS);
  }

  /** Sets an earlier deadline for open requests. */
  hasten(options: RetirementOptions): void {
    if (options.drainMs >= this.#options.drainMs) return;
    this.#options = options;
    this.#tell();
  }

  #tell(): void {
    const { drainMs } = this.#options;
    this.#worker.send({ type: 'retire', ...this.#options });
    if (this.#hasAnswered) this.answered();
    else this.#terminateAfter(Math.max(drainMs, ANSWER_TIMEOUT_MS));
  }

  #terminateAfter(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const isExamined = this.#worker.terminate();
      const kill = async () => {
        await isExamined;
        if (!this.#hasEnded) this.#worker.kill();
      };
      this.#timer = setTimeout(kill, TERM_TIMEOUT_MS).unref();
    }, ms).unref();
  }
}
