import type { AsyncLocalStorage } from 'node:async_hooks';
import type { LoadedSettings } from './load.ts';

/** One site of this process. Its settings are undefined until they are loaded. */
export class Site {
  /** Where the settings come from: two applications of one source are one site. */
  readonly source: string | object;
  settings: LoadedSettings | undefined;

  constructor(source: string | object) {
    this.source = source;
  }
}

/** The application for which code runs. Classes with more data, such as the request, extend it. */
export class Scope {
  readonly site: Site;

  constructor(site: Site) {
    this.site = site;
  }
}

// Not imported, since a runtime may be without it.
const asyncHooks = globalThis.process?.getBuiltinModule?.('node:async_hooks');
/** Made when it is first needed: many processes never need it. */
let storage: AsyncLocalStorage<Scope> | undefined;

/** Whether this runtime knows, after an `await`, to which request code belongs (AsyncLocalStorage). */
export const hasScopes = asyncHooks !== undefined;

/** The scope of what runs right now, where the runtime has no AsyncLocalStorage. */
let synchronous: Scope | undefined;

/**
 * Calls `act` with an argument. `currentScope()` is `scope` in it and in all that it starts; without AsyncLocalStorage,
 * in it alone. The first call makes every promise of the process more expensive on Node 20 and 22.
 */
export function runInScope<Argument, Result>(
  scope: Scope,
  act: (argument: Argument) => Result,
  argument: Argument,
): Result {
  if (asyncHooks === undefined) return runSynchronously(scope, act, argument);
  storage ??= new asyncHooks.AsyncLocalStorage();
  return storage.run(scope, act, argument);
}

export function currentScope(): Scope | undefined {
  return storage === undefined ? synchronous : storage.getStore();
}

function runSynchronously<Argument, Result>(
  scope: Scope,
  act: (argument: Argument) => Result,
  argument: Argument,
): Result {
  const before = synchronous;
  synchronous = scope;
  try {
    return act(argument);
  } finally {
    synchronous = before;
  }
}
