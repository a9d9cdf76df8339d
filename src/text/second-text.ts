/** A text for the current second, which is made once per second. */
export class SecondText {
  readonly #make: (time: Date) => string;
  #second = Number.NaN;
  #text = '';

  constructor(make: (time: Date) => string) {
    this.#make = make;
  }

  /** @param now milliseconds since 1970 */
  at(now: number): string {
    const second = Math.floor(now / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#text = this.#make(new Date(now));
    }
    return this.#text;
  }
}
