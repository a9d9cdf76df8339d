/**
 * After this number of successive loads with changes during each load, and after this time, the next load is not
 * aborted, since requests wait.
 */
const MAX_ROUNDS = 2;
const MAX_ROUNDS_MS = 500;

/** After this time, a load does not count as a successor of the one before. */
const FORGET_MS = 2_000;

/** The delay before a failed load is repeated when files were changing: one of them may have been half written. */
const RETRY_MS = 50;

/** A load that tests whether the site writes the files begins only after no file has changed for this time. */
const QUIET_MS = 500;

/** The maximum delay of a file system's clock. */
const CLOCK_LAG_MS = 10;

/** The maximum delay of the event for a file that a load has written. */
const NEAR_MS = 20;

/** The number of loads that must have a write at the same moment. */
const MOMENTS = 4;

/** The tolerance for "the same moment" of a load: in ms after its start, or as a share of its duration. */
const SAME_MOMENT_MS = 100;
const SAME_MOMENT_SHARE = 0.25;

/** The time of the first change during a load. */
interface Moment {
  readonly afterStartMs: number;
  /**
   * The share of the load's duration that had passed. On a busy machine, the duration of loads varies. NaN for an
   * aborted load.
   */
  share: number;
}

/** For each file that differs from its loaded state, the time of its last change, in ms since the epoch. */
type Changes = ReadonlyMap<string, number>;

type Judgement =
  /** Begin another load: the loaded code, or the code that is being loaded, is out of date. */
  | { readonly do: 'reload' }
  /** Continue the load, and judge the changes at its end. */
  | { readonly do: 'wait' }
  /** Judge again after this time, or at the next change. */
  | { readonly do: 'pause'; readonly againInMs: number }
  /** Treat the current files as loaded. The site itself writes the files in `found`, which is known from now on. */
  | { readonly do: 'accept'; readonly files: readonly string[]; readonly found: readonly string[] };

const RELOAD: Judgement = { do: 'reload' };
const WAIT: Judgement = { do: 'wait' };

/**
 * Distinguishes a site that writes its own files while it loads, and would reload for ever, from a user who saves
 * repeatedly. Both change files during a load. After several such loads, one load is completed and answers. The next
 * one begins after no file has changed for a while. If a file then changes during that load, at the same moment as
 * before, the site has written it.
 */
export class LoadRounds {
  readonly #selfWritten = new Set<string>();
  readonly #now: () => number;
  #state: 'waiting' | 'loading' | 'ended' = 'waiting';
  #startedAt = 0;
  #notedStart = 0;
  #endedAt = 0;
  #hasFailed = false;
  /**
   * Whether a request has been answered, so that the loaded files were up to date at that time. Later changes are not
   * caused by the load.
   */
  #hasAnswered = false;
  /** The moments of the last loads. */
  #moments: Moment[] = [];
  /** The time of the first of the successive loads. */
  #since = 0;
  /** Whether the last load began after a time without changes. */
  #isProof = false;

  /** @param now Milliseconds since the epoch. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Called when another load is due and waits for a process. A running load is aborted. */
  wait(): void {
    const isLongAgo = this.#state === 'ended' && this.#now() - this.#endedAt > FORGET_MS;
    if (isLongAgo && !this.#isProof) this.#calm();
    this.#state = 'waiting';
  }

  begin(): void {
    this.#state = 'loading';
    this.#hasFailed = false;
    this.#hasAnswered = false;
    this.#startedAt = this.#now();
  }

  /** Called when the load has ended. */
  end({ hasFailed = false } = {}): void {
    this.#state = 'ended';
    this.#hasFailed = hasFailed;
    this.#endedAt = this.#now();
    if (this.#notedStart === this.#startedAt) this.#measureShare();
  }

  /** Called when a request has been dispatched to the loaded code, and nothing had changed until then. */
  answered(): void {
    this.#hasAnswered = true;
  }

  judge(changes: Changes): Judgement {
    if (this.#state === 'waiting') return RELOAD;
    if (this.#hasAnswered) {
      this.#calm();
      return RELOAD;
    }
    const isLoading = this.#state === 'loading';
    const files = [...changes.keys()];
    const isOfLoad = files.every((file) => this.#isOfLoad(changes.get(file)!));
    if (isOfLoad && !this.#hasFailed && files.every((file) => this.#selfWritten.has(file)))
      return isLoading ? WAIT : { do: 'accept', files, found: [] };
    const isRestless = this.#moments.length >= MAX_ROUNDS && this.#now() - this.#since >= MAX_ROUNDS_MS;
    if (isLoading) {
      if (isRestless) return WAIT;
      if (isOfLoad) this.#noteMoment(changes);
      else this.#calm();
      return RELOAD;
    }
    const isNear = isOfLoad || files.every((file) => this.#isOfLoad(changes.get(file)! - NEAR_MS));
    if (!isNear) {
      this.#calm();
      return RELOAD;
    }
    this.#noteMoment(changes);
    if (!isRestless) return RELOAD;
    if (this.#isProof && isOfLoad && !this.#hasFailed && this.#isSameMoment()) {
      for (const file of files) this.#selfWritten.add(file);
      this.#calm();
      return { do: 'accept', files, found: files };
    }
    const now = this.#now();
    const quietFor = Math.max(now - Math.max(...changes.values(), this.#endedAt), 0);
    this.#isProof = quietFor >= QUIET_MS;
    if (this.#isProof) return RELOAD;
    if (!this.#hasFailed) return { do: 'pause', againInMs: QUIET_MS - quietFor };
    const retryInMs = this.#endedAt + RETRY_MS - now;
    return retryInMs > 0 ? { do: 'pause', againInMs: retryInMs } : RELOAD;
  }

  #isOfLoad(changedAt: number): boolean {
    return (
      changedAt >= this.#startedAt - CLOCK_LAG_MS && (this.#state === 'loading' || changedAt <= this.#endedAt)
    );
  }

  /** Records the moment of the first change, once for each load. */
  #noteMoment(changes: Changes): void {
    if (this.#notedStart === this.#startedAt) return;
    this.#notedStart = this.#startedAt;
    if (this.#moments.length === 0) this.#since = this.#now();
    const afterStartMs = Math.min(...changes.values()) - this.#startedAt;
    this.#moments = [...this.#moments, { afterStartMs, share: Number.NaN }].slice(-MOMENTS);
    if (this.#state === 'ended') this.#measureShare();
  }

  #measureShare(): void {
    const moment = this.#moments.at(-1);
    if (moment !== undefined) moment.share = moment.afterStartMs / (this.#endedAt - this.#startedAt);
  }

  #isSameMoment(): boolean {
    if (this.#moments.length < MOMENTS) return false;
    return (
      spread(this.#moments.map(({ afterStartMs }) => afterStartMs)) <= SAME_MOMENT_MS ||
      spread(this.#moments.map(({ share }) => share)) <= SAME_MOMENT_SHARE
    );
  }

  #calm(): void {
    this.#moments = [];
    this.#isProof = false;
  }
}

function spread(numbers: readonly number[]): number {
  return Math.max(...numbers) - Math.min(...numbers);
}
