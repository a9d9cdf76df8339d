const accepting: { request?: typeof globalThis.Request } = {};

/**
 * Lets the global `Request` and `fetch()` take what stands for a Request, as well as all that they took before. They
 * read the private state of their own class from Node 24 on, so that nothing else can stand for one. Called again, it
 * does so for a class that has been put in the place of the global one since, as `@hono/node-server` does.
 *
 * @param realOf Returns the Request in place of what stands for one, and everything else as it is.
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

/** As an assignment does, but for a property that could not be assigned to. */
function replace(owner: object, name: string, value: unknown): void {
  Object.defineProperty(owner, name, { ...Object.getOwnPropertyDescriptor(owner, name), value });
}
