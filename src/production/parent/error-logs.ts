import { createErrorLog, type ErrorLog, LOG_LEVELS } from '../logs/error-log.ts';
import type { SiteSettings } from '../settings/types.ts';

type LogSettings = Pick<SiteSettings, 'errorLog' | 'logLevel'>;

interface ErrorLogsOptions {
  /** Called with each entry of all logs. */
  readonly onEntry: (text: string) => void;
  /** Whether entries on stderr have colours. Entries in files have none. */
  readonly isColoured: boolean;
}

/** The name of the site of a server without `sites`. */
const ONLY_SITE = 'default';

/** The error logs of a server. Sites with the same file and level share one. */
export class ErrorLogs {
  readonly #options: ErrorLogsOptions;
  readonly #logs = new Map<string, ErrorLog>();

  constructor(options: ErrorLogsOptions) {
    this.#options = options;
  }

  /**
   * The log of a site. Its entries begin with the site's name if there are several sites.
   *
   * @throws {CommandError} if the file cannot be opened.
   */
  ofSite(settings: LogSettings, name: string): ErrorLog {
    const log = this.of(settings);
    if (name === ONLY_SITE) return log;
    const entries = LOG_LEVELS.map((level) => [level, (text: string) => log[level](`[${name}] ${text}`)]);
    return { ...log, ...Object.fromEntries(entries) };
  }

  /** @throws {CommandError} if the file cannot be opened. */
  of({ errorLog, logLevel }: LogSettings): ErrorLog {
    const key = `${logLevel} ${errorLog}`;
    let log = this.#logs.get(key);
    if (log === undefined) {
      const { onEntry, isColoured } = this.#options;
      log = createErrorLog({
        target: errorLog,
        level: logLevel,
        onEntry,
        isColoured: isColoured && errorLog === '-',
      });
      this.#logs.set(key, log);
    }
    return log;
  }

  reopen(): void {
    for (const log of this.#logs.values()) log.reopen();
  }
}
