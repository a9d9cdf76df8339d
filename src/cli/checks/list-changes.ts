/** Tells what is new in a list that comes again and again. */
export class ListChanges<Item> {
  readonly #keyOf: (item: Item) => string;
  #last: ReadonlySet<string> | undefined;

  /** @param keyOf What makes two items the same: nothing that an edit elsewhere in the file changes, such as a line. */
  constructor(keyOf: (item: Item) => string) {
    this.#keyOf = keyOf;
  }

  /** @returns the items that the last list did not have, and whether there are none where there were some, or no list yet. */
  take(items: readonly Item[]): { readonly added: readonly Item[]; readonly isEmptyNow: boolean } {
    const last = this.#last;
    this.#last = new Set(items.map(this.#keyOf));
    const added = items.filter((item) => !last?.has(this.#keyOf(item)));
    return { added, isEmptyNow: items.length === 0 && last?.size !== 0 };
  }
}
