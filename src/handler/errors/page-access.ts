import type { Settings } from '../../conf/index.ts';
import type { Environ } from '../../wsgi/types.ts';
import { hostReader } from '../host-reader.ts';

/** The settings that decide about debug pages. */
export type AccessSettings = Readonly<Pick<Settings, 'DEBUG' | 'ALLOWED_HOSTS' | 'USE_X_FORWARDED_HOST'>>;

/** The settings that are assumed while those of a site are unknown: a site in development on this machine. */
export const UNKNOWN_ACCESS: AccessSettings = {
  DEBUG: true,
  ALLOWED_HOSTS: [],
  USE_X_FORWARDED_HOST: false,
};

/**
 * The URL to which a POST opens a place in the developer's editor. The development server adds it to the environ of allowed
 * clients. The key is a symbol, so that a site does not show or log its token with the other variables.
 */
export const EDITOR: unique symbol = Symbol.for('startproject.editor');

export interface WithEditor {
  readonly [EDITOR]?: string;
}

/** Stored on the global object, since a site may have its own copy of this package. */
const NO_DEBUG_PAGES = Symbol.for('startproject.no-debug-pages');

/** Turns off all technical pages of this process, whatever the settings are. */
export function forbidDebugPages(): void {
  Object.defineProperty(globalThis, NO_DEBUG_PAGES, { value: true });
}

/** Whether debug pages are on: the settings turn them on, and the server has not turned them off. */
export function areDebugPagesOn({ DEBUG }: Pick<Settings, 'DEBUG'>): boolean {
  return DEBUG && !(NO_DEBUG_PAGES in globalThis);
}

export function accessOf({ DEBUG, ALLOWED_HOSTS, USE_X_FORWARDED_HOST }: AccessSettings): AccessSettings {
  return { DEBUG, ALLOWED_HOSTS, USE_X_FORWARDED_HOST };
}

/**
 * Returns a function that decides whether a request may see facts of a site: source, settings, paths, the script of live
 * pages. All error pages use it. It checks the host, since another site can make its own name resolve to this machine.
 */
export function factsRule(settings: AccessSettings): (environ: Environ) => boolean {
  const readHost = hostReader(settings);

  return function maySeeFacts(environ) {
    if (!areDebugPagesOn(settings)) return false;
    try {
      readHost(environ);
      return true;
    } catch {
      return false; // The host reader reports a disallowed host only by throwing an error.
    }
  };
}
