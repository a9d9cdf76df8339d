import { clfDate, clockTime, zoneOffset } from '../../text/local-time.ts';
import { SecondText } from '../../text/second-text.ts';
import { threeDigits } from './three-digits.ts';

/** The current time in the formats of access logs. The part without milliseconds is made once per second. */
export class AccessClock {
  readonly #now: () => number;
  readonly #clf = new SecondText((time) => `[${clfDate(time)}:${clockTime(time)} ${zoneOffset(time)}]`);
  readonly #iso = new SecondText((time) => time.toISOString().slice(0, 'YYYY-MM-DDThh:mm:ss.'.length));
  #digits: readonly string[] | undefined;

  /** @param now milliseconds since 1970 */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** `[27/Nov/2026:02:30:00 +0000]`, in local time. */
  clf(): string {
    return this.#clf.at(this.#now());
  }

  /** `2026-11-27T02:30:00.123Z` */
  iso(): string {
    const now = this.#now();
    this.#digits ??= threeDigits();
    return `${this.#iso.at(now)}${this.#digits[Math.floor(now % 1_000)]}Z`;
  }
}
