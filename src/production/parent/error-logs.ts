import { createErrorLog, type ErrorLog } from '../logs/error-log.ts';
import type { SiteSettings } from '../settings/types.ts';

type LogSettings = Pick<SiteSettings, 'errorLog' | 'logLevel'>;

/** The error logs of a server: one for each file and level, however many sites have it. */
export class ErrorLogs {
  readonly #onEntry: (text: string) => void;
  readonly #logs = new Map<string, ErrorLog>();

  /** @param onEntry Called with each entry of all logs. */
  constructor(onEntry: (text: string) => void) {
    this.#onEntry = onEntry;
  }

  /** @throws {CommandError} when the file cannot be opened. */
  of({ errorLog, logLevel }: LogSettings): ErrorLog {
    const key = `${logLevel} ${errorLog}`;
    let log = this.#logs.get(key);
    if (log === undefined) {
      log = createErrorLog({ target: errorLog, level: logLevel, onEntry: this.#onEntry });
      this.#logs.set(key, log);
    }
    return log;
  }

  reopen(): void {
    for (const log of this.#logs.values()) log.reopen();
  }
}
