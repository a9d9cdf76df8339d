import type { AsyncLocalStorage } from 'node:async_hooks';
import type { LoadedSettings } from './load.ts';

/** One site of this process. Its settings are undefined until they are loaded. */
export class Site {
  /** The source of the settings. Two applications with the same source belong to one site. */
  readonly source: string | object;
  settings: LoadedSettings | undefined;

  constructor(source: string | object) {
    this.source = source;
  }
}

/** The application that code runs for. Classes with more data, such as the context of a request, extend it. */
export class Scope {
  readonly site: Site;

  constructor(site: Site) {
    this.site = site;
  }
}

// Read at run time instead of imported, since some runtimes do not have this module.
const asyncHooks = globalThis.process?.getBuiltinModule?.('node:async_hooks');
/** Created when it is first needed, since many processes never need it. */
let storage: AsyncLocalStorage<Scope> | undefined;

/** Whether this runtime has AsyncLocalStorage, which connects code after an `await` with its request. */
export const hasScopes = asyncHooks !== undefined;

/** The scope of the code that is running, for runtimes without AsyncLocalStorage. */
let synchronous: Scope | undefined;

/**
 * Calls `act` with an argument. `currentScope()` returns `scope` in `act` and in all asynchronous work that it starts;
 * without AsyncLocalStorage, only in its synchronous part. On Node 20 and 22, the first call makes every promise of the
 * process slower.
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
