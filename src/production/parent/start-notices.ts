const MOST_KEPT = 1_000;

/**
 * The notices of a generation's workers during their load. All workers send the same notices, and each is logged once.
 */
export class StartNotices {
  readonly #texts = new Set<string>();

  isNew(text: string): boolean {
    if (this.#texts.has(text)) return false;
    if (this.#texts.size < MOST_KEPT) this.#texts.add(text);
    return true;
  }

  clear(): void {
    this.#texts.clear();
  }
}
