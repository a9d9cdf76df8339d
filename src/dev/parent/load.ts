import type { Whereabouts } from '../../arbiter/worker-handle.ts';
import type { Failure } from '../../worker/messages.ts';
import type { ReadFiles } from '../../worker/site/read-files.ts';
import type { DevWorkerHandle } from './dev-worker-handle.ts';

/** The time that a request waits for a successful load while files are changing repeatedly. */
const SOUND_LOAD_PATIENCE_MS = 2_000;

export interface LoadOptions {
  /** The failure that is served instead of the site. */
  readonly failure?: Failure;
  /** A long load that continues in the meantime. */
  readonly late?: Load;
  /** Workers that must end before this load begins. */
  readonly after?: readonly DevWorkerHandle[];
  /** @default false */
  readonly isSecondTry?: boolean;
}

/** One load of the site. A load that fails is also one: its worker serves the error page. */
export class Load {
  readonly number: number;
  readonly startedAt = Date.now();
  /** The time when its worker was activated. */
  activatedAt: number | undefined;
  /** Whether its worker serves the site and not an error page. */
  isSound = false;
  /** The changed files that are the reason for the load. */
  readonly changed: readonly string[];
  /** The failure that is served instead of the site. */
  readonly failure: Failure | undefined;
  /** The files that were read for it. */
  readonly files = new Set<string>();
  /** The files that its worker must read again. */
  touched: ReadonlySet<string> = new Set();
  worker: DevWorkerHandle | undefined;
  /** The state of the process after the load had taken long. */
  slowAt: Whereabouts = {};
  /** Whether other workers were still running when its worker began. One of them may hold a port that it needs. */
  hadOthers = false;
  /** Set for a load that is repeated because of such a port: the workers that must end first. */
  readonly after: readonly DevWorkerHandle[] | undefined;
  /**
   * Whether its first worker was killed during the load, or the worker of the load before ended before its first
   * request.
   */
  isSecondTry: boolean;
  /** The reason why its worker has ended after it was ready. */
  lostBy: Failure | undefined;
  state: 'waiting' | 'loading' | 'ready' | 'lost' = 'waiting';

  /** The duration of the load in its worker. 0 until the load has ended. */
  ms = 0;

  constructor(number: number, changed: readonly string[], options: LoadOptions) {
    const { failure, after, isSecondTry = false } = options;
    this.number = number;
    this.changed = changed;
    this.failure = failure;
    this.after = after;
    this.isSecondTry = isSecondTry;
  }

  /**
   * Records files that its worker has read.
   *
   * @returns the files that count. A file that was read before the activation may have changed since.
   */
  note({ files, isAhead }: ReadFiles): ReadFiles['files'] {
    const valid = isAhead ? files.filter(([file]) => !this.touched.has(file)) : files;
    for (const [file] of valid) this.files.add(file);
    return valid;
  }

  /** Called when its worker is ready: it serves the site or an error page. */
  end(isSound: boolean): void {
    this.state = 'ready';
    this.isSound = isSound;
    this.ms = Date.now() - this.activatedAt!;
  }

  /** Called when its worker has ended unexpectedly. */
  lose(failure: Failure): void {
    this.state = 'lost';
    this.lostBy = failure;
  }

  /** Whether its worker has received at least one request. */
  get isUsed(): boolean {
    return this.worker?.hasReceived ?? false;
  }

  /** Whether the site would probably end again: it has ended twice in succession before its first request. */
  get isHopeless(): boolean {
    return this.isSecondTry && !this.isUsed;
  }

  /** The options for the next load after the end of its worker: it serves the site again, or an error page. */
  get retry(): LoadOptions {
    return { isSecondTry: !this.isUsed, ...(this.isHopeless && { failure: this.lostBy! }) };
  }

  /**
   * Returns its worker if it was activated after this time and has loaded the site. A failed load may be due to a
   * half-written file, so its error page is used only if the request has waited for a longer time.
   */
  answering(after: number): DevWorkerHandle | undefined {
    const mayAnswer = this.isSound || Date.now() - after >= SOUND_LOAD_PATIENCE_MS;
    return this.state === 'ready' && mayAnswer && this.activatedAt! > after ? this.worker : undefined;
  }
}
