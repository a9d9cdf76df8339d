import type { Settings } from '../../conf/index.ts';
import type { Environ } from '../../wsgi/types.ts';
import { hostReader } from '../host-reader.ts';

/** The settings that say who may see what of a site. */
export type AccessSettings = Readonly<Pick<Settings, 'DEBUG' | 'ALLOWED_HOSTS' | 'USE_X_FORWARDED_HOST'>>;

/** While nothing is known of a site, it is one that is being worked on, on this machine. */
export const UNKNOWN_ACCESS: AccessSettings = {
  DEBUG: true,
  ALLOWED_HOSTS: [],
  USE_X_FORWARDED_HOST: false,
};

/**
 * Where a POST opens a place in the developer's editor. The development server adds it to the environ for clients that may; under
 * a symbol, since its token is nothing that a site shows or logs with the other variables.
 */
export const EDITOR: unique symbol = Symbol.for('startproject.editor');

export interface WithEditor {
  readonly [EDITOR]?: string;
}

/** On the global object, since a site may have a copy of this package of its own. */
const NO_DEBUG_PAGES = Symbol.for('startproject.no-debug-pages');

/** From here on this process shows nobody facts of a site, whatever its settings say. */
export function forbidDebugPages(): void {
  Object.defineProperty(globalThis, NO_DEBUG_PAGES, { value: true });
}

/** Whether pages are the developer's, by the settings and by who runs the site. */
export function areDebugPagesOn({ DEBUG }: Pick<Settings, 'DEBUG'>): boolean {
  return DEBUG && !(NO_DEBUG_PAGES in globalThis);
}

export function accessOf({ DEBUG, ALLOWED_HOSTS, USE_X_FORWARDED_HOST }: AccessSettings): AccessSettings {
  return { DEBUG, ALLOWED_HOSTS, USE_X_FORWARDED_HOST };
}

/**
 * Returns a function that tells whether a request may see facts of a site: source, settings, paths, the script of live
 * pages. All error pages ask it. The host counts, since a page of any other site can have its name lead here.
 */
export function factsRule(settings: AccessSettings): (environ: Environ) => boolean {
  const readHost = hostReader(settings);

  return function maySeeFacts(environ) {
    if (!areDebugPagesOn(settings)) return false;
    try {
      readHost(environ);
      return true;
    } catch {
      return false; // A DisallowedHost: there is no other way to ask.
    }
  };
}
