const announced = new WeakMap<object, () => void>();

/**
 * Makes instances of our class instances of the runtime's class too. Members that our class does not have are called on
 * the runtime's object.
 *
 * @param realOf Returns the runtime's object for a substitute, and every other object unchanged.
 */
export function delegateMembers(ours: object, theirs: object, realOf: (one: object) => object): void {
  announced.get(ours)?.();
  // In some runtimes, Request and Response share a base class.
  for (let each = theirs; each !== Object.prototype; each = Object.getPrototypeOf(each)) {
    delegateTo(each, ours, realOf);
  }
  Object.setPrototypeOf(ours, theirs);
}

/** Declares members before `delegateMembers()` has defined them. The first use of one calls `define`. */
export function announceMembers(
  ours: object,
  { getters, methods }: { readonly getters: readonly string[]; readonly methods: readonly string[] },
  define: () => void,
): void {
  const real = (one: object, name: string) => {
    define();
    return Reflect.get(ours, name, one);
  };
  for (const name of getters) defineGetter(ours, name, (one) => real(one, name));
  for (const name of methods) defineMethod(ours, name, (one, args) => real(one, name).apply(one, args));
  announced.set(ours, () => {
    for (const name of [...getters, ...methods]) Reflect.deleteProperty(ours, name);
  });
}

function delegateTo(theirs: object, ours: object, realOf: (one: object) => object): void {
  for (const name of Reflect.ownKeys(theirs)) {
    const { get, value } = Object.getOwnPropertyDescriptor(theirs, name)!;
    if (Object.hasOwn(ours, name)) continue;
    if (get) defineGetter(ours, name, (one) => get.call(realOf(one)));
    else if (typeof value === 'function')
      defineMethod(ours, name, (one, args) => value.apply(realOf(one), args));
  }
}

function defineGetter(ours: object, name: PropertyKey, read: (one: object) => unknown): void {
  const get = function (this: object) {
    return read(this);
  };
  Object.defineProperty(ours, name, { get, enumerable: true, configurable: true });
}

function defineMethod(
  ours: object,
  name: PropertyKey,
  call: (one: object, args: unknown[]) => unknown,
): void {
  const value = function (this: object, ...args: unknown[]) {
    return call(this, args);
  };
  Object.defineProperty(ours, name, { value, writable: true, enumerable: true, configurable: true });
}
