import type { Finding } from '../../checks/finding.ts';
import type { LoadedSettings } from '../../conf/load.ts';
import { describeThrown } from '../../text/thrown-text.ts';

interface IdleChecksOptions {
  /** The project root. */
  readonly root: string;
  readonly settings: LoadedSettings;
  /** Whether requests are in flight. */
  readonly isBusy: () => boolean;
  readonly onFindings: (findings: readonly Finding[]) => void;
  /** Called when the checks themselves fail. */
  readonly onNotice: (text: string) => void;
}

/** Pages that waited for the reload are answered within this time. */
const DELAY_MS = 100;

/** The limit for waiting until requests end, since a stream may never end. */
const MOST_DELAYS = 20;

/** The time that a request may have to wait for a part of the checks. */
const SLICE_MS = 5;

/**
 * Each pattern is compared with every other one. With more patterns that takes too long during development, so only
 * `--check` does it.
 */
const MOST_VIEWS = 1_000;

/** Checks a site that this process has loaded, while no request waits. */
export class IdleChecks {
  readonly #options: IdleChecksOptions;
  #timer: NodeJS.Timeout;
  #delays = 0;
  #isClosed = false;

  constructor(options: IdleChecksOptions) {
    this.#options = options;
    this.#timer = this.#delay();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #delay(): NodeJS.Timeout {
    return setTimeout(() => void this.#begin(), DELAY_MS).unref();
  }

  async #begin(): Promise<void> {
    const { root, settings, isBusy, onFindings } = this.#options;
    if (isBusy() && this.#delays < MOST_DELAYS) {
      this.#delays += 1;
      this.#timer = this.#delay();
      return;
    }
    try {
      const { checkSite } = await import('../../checks/check-site.ts');
      const findings = await checkSite({ root, settings, pause: slices(), mostViews: MOST_VIEWS });
      if (!this.#isClosed) onFindings(findings);
    } catch (error) {
      // The checks read files, for which a process may have no descriptor left. Pages need no checks.
      this.#options.onNotice(`The checks of the site could not run: ${describeThrown(error)}`);
    }
  }
}

/** Lets the event loop run after each slice of time. */
function slices(): () => Promise<void> | undefined {
  let began = Date.now();
  return () => {
    if (Date.now() - began < SLICE_MS) return undefined;
    return new Promise((resolve) =>
      setImmediate(() => {
        began = Date.now();
        resolve();
      }),
    );
  };
}
