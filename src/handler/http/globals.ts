import { LightResponse } from './light-response.ts';
import { replaceGlobalResponse } from './native-response.ts';

/**
 * Makes the `Response` of this module the global one, as `runserver` and the production servers do before a site is
 * loaded. Also a framework is the faster for it that is mounted by `fromFetch()`.
 */
export function installGlobals(): void {
  replaceGlobalResponse(LightResponse);
}

/** Puts the runtime's own `Response` back. */
export function uninstallGlobals(): void {
  replaceGlobalResponse(undefined);
}
