/** After this many loads in a row whose files changed meanwhile, and this time, the next load is not aborted: requests wait. */
const MAX_ROUNDS = 2;
const MAX_ROUNDS_MS = 500;

/** Older loads are not in the same row. */
const FORGET_MS = 2_000;

/** How soon a failed load is repeated whose files were changing: one may have been half written. */
const RETRY_MS = 50;

/** How long no file may have changed before a load that is to show whether the site writes them. */
const QUIET_MS = 500;

/** How far the clock of a file system may be behind. */
const CLOCK_LAG_MS = 10;

/** How late the event of a file that a load has written may arrive. */
const NEAR_MS = 20;

/** How many loads must write at the same moment. */
const MOMENTS = 4;

/** The tolerance for "the same moment" of a load: as time after its start, or as a part of its duration. */
const SAME_MOMENT_MS = 100;
const SAME_MOMENT_SHARE = 0.25;

/** When the files of a load changed first. */
interface Moment {
  readonly afterStartMs: number;
  /** Which part of the load had passed. On a busy machine loads take longer and shorter. Unknown of one that was broken off. */
  share: number;
}

/** When each file that is not what was loaded was changed last, in ms since the epoch. */
type Changes = ReadonlyMap<string, number>;

type Judgement =
  /** The loaded code, or the code that is being loaded, is out of date. */
  | { readonly do: 'reload' }
  /** The load goes on, and what has changed is judged when it has come to its end. */
  | { readonly do: 'wait' }
  /** To be judged again when this time has passed, or when something else changes. */
  | { readonly do: 'pause'; readonly againInMs: number }
  /** These files count as they are now. Those of `found` are known from now on to be written by the site. */
  | { readonly do: 'accept'; readonly files: readonly string[]; readonly found: readonly string[] };

const RELOAD: Judgement = { do: 'reload' };
const WAIT: Judgement = { do: 'wait' };

/**
 * Distinguishes a site that writes its own files while it loads, and would reload for ever, from a user who keeps saving.
 * Both change files during a load. After several such loads, one is completed and answers. The next begins when no file
 * has changed for a while: a file that changes during that one, at the same moment as before, was written by the site.
 */
export class LoadRounds {
  readonly #selfWritten = new Set<string>();
  readonly #now: () => number;
  #state: 'waiting' | 'loading' | 'ended' = 'waiting';
  #startedAt = 0;
  #notedStart = 0;
  #endedAt = 0;
  #hasFailed = false;
  /** What has answered a request was not out of date at that time: what changes later is not the load's doing. */
  #hasAnswered = false;
  /** Those of the last loads. */
  #moments: Moment[] = [];
  /** Since when each load was one of those. */
  #since = 0;
  /** Whether the last load began after all had been quiet. */
  #isProof = false;

  /** @param now Milliseconds since the epoch. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Another load is due, and waits for a process. One that goes on is broken off. */
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

  /** The load has come to its end. */
  end({ hasFailed = false } = {}): void {
    this.#state = 'ended';
    this.#hasFailed = hasFailed;
    this.#endedAt = this.#now();
    if (this.#notedStart === this.#startedAt) this.#measureShare();
  }

  /** A request has been dispatched to what was loaded, and nothing had changed until then. */
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

  /** Once for each load. */
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
