import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';

/**
 * Whether a value of `AsyncLocalStorage.enterWith()` stays on the resource, and so is seen by later requests of the same
 * connection: Node 20 and 22. There each request needs a resource of its own; Node 24 needs none.
 */
export const ENTERED_STAYS = (() => {
  const storage = new AsyncLocalStorage<boolean>();
  const resource = new AsyncResource('startproject.probe');
  resource.runInAsyncScope(() => storage.enterWith(true));
  return resource.runInAsyncScope(() => storage.getStore()) === true;
})();
