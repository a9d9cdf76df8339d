import { clfDate, clockTime, zoneOffset } from '../../text/local-time.ts';
import { threeDigits } from './three-digits.ts';

/** The time in the formats of access logs. The part without milliseconds is made once a second. */
export class AccessClock {
  readonly #now: () => number;
  #second = Number.NaN;
  #clf = '';
  #iso = '';
  #digits: readonly string[] | undefined;

  /** @param now milliseconds since 1970 */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** `[27/Nov/2026:02:30:00 +0000]`, in local time. */
  clf(): string {
    this.#turnTo(this.#now());
    return this.#clf;
  }

  /** `2026-11-27T02:30:00.123Z` */
  iso(): string {
    const now = this.#now();
    this.#turnTo(now);
    this.#digits ??= threeDigits();
    return `${this.#iso}${this.#digits[Math.floor(now % 1_000)]}Z`;
  }

  #turnTo(now: number): void {
    const second = Math.floor(now / 1_000);
    if (second === this.#second) return;
    this.#second = second;
    const time = new Date(now);
    this.#clf = `[${clfDate(time)}:${clockTime(time)} ${zoneOffset(time)}]`;
    this.#iso = time.toISOString().slice(0, 'YYYY-MM-DDThh:mm:ss.'.length);
  }
}
