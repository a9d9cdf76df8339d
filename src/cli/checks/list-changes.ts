/** Finds the new items in a list that is received repeatedly. */
export class ListChanges<Item> {
  readonly #keyOf: (item: Item) => string;
  #last: ReadonlySet<string> | undefined;

  /**
   * @param keyOf Identifies an item. Equal keys mean the same item, so a key must not contain parts that edits
   * elsewhere change, such as a line number.
   */
  constructor(keyOf: (item: Item) => string) {
    this.#keyOf = keyOf;
  }

  /**
   * @returns the items that the last list did not contain, and whether the list has become empty, or is the first one
   * and empty.
   */
  take(items: readonly Item[]): { readonly added: readonly Item[]; readonly isEmptyNow: boolean } {
    const last = this.#last;
    this.#last = new Set(items.map(this.#keyOf));
    const added = items.filter((item) => !last?.has(this.#keyOf(item)));
    return { added, isEmptyNow: items.length === 0 && last?.size !== 0 };
  }
}
