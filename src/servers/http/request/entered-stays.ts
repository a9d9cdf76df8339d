import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';

/**
 * Whether a value of `AsyncLocalStorage.enterWith()` stays on the async resource, so that later requests of the same
 * connection see it. This is so on Node 20 and 22, where each request therefore needs a resource of its own. Node 24
 * does not need one.
 */
export const ENTERED_STAYS = (() => {
  const storage = new AsyncLocalStorage<boolean>();
  const resource = new AsyncResource('startproject.probe');
  resource.runInAsyncScope(() => storage.enterWith(true));
  return resource.runInAsyncScope(() => storage.getStore()) === true;
})();
