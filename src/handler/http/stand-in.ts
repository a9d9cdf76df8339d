type Real = (this: never) => object;

/**
 * Lets a class of ours stand in for one of the runtime's: its instances are instances of that one too, and what it does
 * not do itself is done by the real object.
 *
 * @param become Makes the real object of one of ours, which is then `this`.
 */
export function standInFor(ours: object, theirs: object, become: Real): void {
  for (const name of Reflect.ownKeys(theirs)) {
    const { get, value } = Object.getOwnPropertyDescriptor(theirs, name)!;
    if (Object.hasOwn(ours, name)) continue;
    if (get) {
      Object.defineProperty(ours, name, {
        get(this: never) {
          return Reflect.get(become.call(this), name);
        },
        enumerable: true,
        configurable: true,
      });
    } else if (typeof value === 'function') {
      Object.defineProperty(ours, name, {
        value(this: never, ...args: unknown[]) {
          return value.apply(become.call(this), args);
        },
        writable: true,
        enumerable: true,
        configurable: true,
      });
    }
  }
  Object.setPrototypeOf(ours, theirs);
}
