const announced = new WeakMap<object, () => void>();

/**
 * Lets a class of ours stand in for one of the runtime's: its instances are instances of that one too, and what it does
 * not do itself is done by the real object.
 *
 * @param realOf Gives the real object of one of ours, and what is none of ours as it is.
 */
export function delegateMembers(ours: object, theirs: object, realOf: (one: object) => object): void {
  announced.get(ours)?.();
  // Some runtimes have a class of its own behind both Request and Response.
  for (let each = theirs; each !== Object.prototype; each = Object.getPrototypeOf(each)) {
    delegateTo(each, ours, realOf);
  }
  Object.setPrototypeOf(ours, theirs);
}

/** Members that are there before `delegateMembers()` has defined them, which `define` brings about when one is used. */
export function announce(
  ours: object,
  { getters, methods }: { readonly getters: readonly string[]; readonly methods: readonly string[] },
  define: () => void,
): void {
  const forget = () => {
    for (const name of [...getters, ...methods]) Reflect.deleteProperty(ours, name);
  };
  announced.set(ours, forget);
  for (const name of getters) {
    Object.defineProperty(ours, name, {
      get(this: object) {
        define();
        return Reflect.get(ours, name, this);
      },
      enumerable: true,
      configurable: true,
    });
  }
  for (const name of methods) {
    Object.defineProperty(ours, name, {
      value(this: object, ...args: unknown[]) {
        define();
        return Reflect.get(ours, name, this).apply(this, args);
      },
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
}

function delegateTo(theirs: object, ours: object, realOf: (one: object) => object): void {
  for (const name of Reflect.ownKeys(theirs)) {
    const { get, value } = Object.getOwnPropertyDescriptor(theirs, name)!;
    if (Object.hasOwn(ours, name)) continue;
    if (get) {
      Object.defineProperty(ours, name, {
        get(this: object) {
          return get.call(realOf(this));
        },
        enumerable: true,
        configurable: true,
      });
    } else if (typeof value === 'function') {
      Object.defineProperty(ours, name, {
        value(this: object, ...args: unknown[]) {
          return value.apply(realOf(this), args);
        },
        writable: true,
        enumerable: true,
        configurable: true,
      });
    }
  }
}
