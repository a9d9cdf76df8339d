import type { Whereabouts } from '../../arbiter/worker-handle.ts';
import type { Failure } from '../../worker/messages.ts';
import type { ReadFiles } from '../../worker/site/read-files.ts';
import type { DevWorkerHandle } from './dev-worker-handle.ts';

/** How long a request waits for a successful load while files change again and again. */
const SOUND_LOAD_PATIENCE_MS = 2_000;

export interface LoadOptions {
  /** What is served in place of the site. */
  readonly failure?: Failure;
  /** The load that goes on meanwhile. */
  readonly late?: Load;
  /** The workers that have to end first. */
  readonly after?: readonly DevWorkerHandle[];
  /** @default false */
  readonly isSecondTry?: boolean;
}

/** One load of the site. A broken load is one too: its worker serves the error page. */
export class Load {
  readonly number: number;
  readonly startedAt = Date.now();
  /** When its worker was activated. */
  activatedAt: number | undefined;
  /** Whether its worker serves the site, and not an error page. */
  isSound = false;
  /** The files for which it is loaded. */
  readonly changed: readonly string[];
  /** What is served in place of the site. */
  readonly failure: Failure | undefined;
  /** The files that it was loaded from. */
  readonly files = new Set<string>();
  /** The files that its worker has to read again. */
  touched: ReadonlySet<string> = new Set();
  worker: DevWorkerHandle | undefined;
  /** Where the load was when it had taken long. */
  slowAt: Whereabouts = {};
  /** Other workers had not ended when its worker began. One of them may hold a port that it needs. */
  hadOthers = false;
  /** If the load is repeated because of such a port: the workers that must end first. */
  readonly after: readonly DevWorkerHandle[] | undefined;
  /** Its first worker was killed while it loaded, or the one before had ended before it had received a request. */
  isSecondTry: boolean;
  /** How its worker has ended, after it was ready. */
  lostBy: Failure | undefined;
  state: 'waiting' | 'loading' | 'ready' | 'lost' = 'waiting';

  /** How long its worker took for it, when it has come to its end. */
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
   * Its worker has read these files.
   *
   * @returns those that count: what was read ahead may have changed before the worker was activated.
   */
  note({ files, isAhead }: ReadFiles): ReadFiles['files'] {
    const valid = isAhead ? files.filter(([file]) => !this.touched.has(file)) : files;
    for (const [file] of valid) this.files.add(file);
    return valid;
  }

  /** Its worker is ready: it serves the site or an error page. */
  end(isSound: boolean): void {
    this.state = 'ready';
    this.isSound = isSound;
    this.ms = Date.now() - this.activatedAt!;
  }

  /** Its worker has ended unexpectedly. */
  lose(failure: Failure): void {
    this.state = 'lost';
    this.lostBy = failure;
  }

  /** Whether its worker has received a request, or more than one. */
  get isUsed(): boolean {
    return this.worker?.hasReceived ?? false;
  }

  /** Whether the site would probably end again: it has ended twice in a row before its first request. */
  get isHopeless(): boolean {
    return this.isSecondTry && !this.isUsed;
  }

  /** How the next load begins after its worker has ended: with the site, or with an error page. */
  get retry(): LoadOptions {
    return { isSecondTry: !this.isUsed, ...(this.isHopeless && { failure: this.lostBy! }) };
  }

  /**
   * Its worker, if it was activated after this time, and has loaded the site. That it could not, perhaps since a file
   * was half written, is shown when no other load has done better for long.
   */
  answering(after: number): DevWorkerHandle | undefined {
    const mayAnswer = this.isSound || Date.now() - after >= SOUND_LOAD_PATIENCE_MS;
    return this.state === 'ready' && mayAnswer && this.activatedAt! > after ? this.worker : undefined;
  }
}
