import type { Whereabouts, WorkerHandle } from '../../arbiter/worker-handle.ts';
import type { Failure } from '../../worker/messages.ts';

/** One load of the site. A broken load is one too: its worker serves the error page. */
export class Generation {
  readonly number: number;
  readonly startedAt = Date.now();
  /** When its worker was told to load it. */
  activatedAt: number | undefined;
  /** Whether what is served is the site. */
  isSound = false;
  /** The files for which it is loaded. */
  readonly changed: readonly string[];
  /** What is served in place of the site. */
  readonly failure: Failure | undefined;
  /** The files that it was loaded from. */
  readonly files = new Set<string>();
  /** What its worker was told to look at again. */
  touched: ReadonlySet<string> = new Set();
  worker: WorkerHandle | undefined;
  /** Who called `process.exit()`, if the worker could say it. */
  exitStack: string | undefined;
  /** Where the load was when it had taken long. */
  slowAt: Whereabouts = {};
  /** Workers that have to end before it is loaded: one of them had a port that it needs. */
  after: readonly WorkerHandle[] = [];
  /** Its first worker was killed while it loaded. */
  isSecondTry = false;
  state: 'waiting' | 'loading' | 'ready' | 'lost' = 'waiting';

  constructor(number: number, changed: readonly string[], failure?: Failure) {
    this.number = number;
    this.changed = changed;
    this.failure = failure;
  }
}
