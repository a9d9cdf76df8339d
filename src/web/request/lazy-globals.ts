const accepting: { request?: typeof globalThis.Request } = {};

/**
 * Makes the global `Request` and `fetch()` accept our substitutes for a Request besides everything that they accepted
 * before. From Node 24 on they read private state of their own class, so a substitute would fail. A second call does
 * the same for a class that has replaced the global one since, as `@hono/node-server` does.
 *
 * @param realOf Returns the runtime's Request for a substitute, and every other value unchanged.
 */
export function acceptInGlobals(realOf: (input: unknown) => unknown): void {
  const { Request } = globalThis;
  if (Request === accepting.request) return;
  const real = (args: readonly unknown[]) => args.map((arg, i) => (i === 0 ? realOf(arg) : arg));
  if (accepting.request === undefined) {
    const fetch = new Proxy(globalThis.fetch, {
      apply: (target, self, args) => Reflect.apply(target, self, real(args)),
    });
    replace(globalThis, 'fetch', fetch);
  }
  accepting.request = new Proxy(Request, {
    construct: (target, args, newTarget) => Reflect.construct(target, real(args), newTarget),
  });
  replace(Request.prototype, 'constructor', accepting.request);
  replace(globalThis, 'Request', accepting.request);
}

/** Replaces a property in the same way as an assignment, also if the property is read-only. */
function replace(owner: object, name: string, value: unknown): void {
  Object.defineProperty(owner, name, { ...Object.getOwnPropertyDescriptor(owner, name), value });
}
