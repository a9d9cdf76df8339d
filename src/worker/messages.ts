/** What arbiter and worker tell each other over the channel between them. */

import type { LivePageOptions } from '../dev/child/live-page.ts';
import type { AccessSettings } from '../handler/page-access.ts';
import type { Heritage } from '../loader/site-loader.ts';
import type { AccessLine } from '../servers/access-log.ts';
import type { RequestLimitOptions } from '../servers/http-limits.ts';
import type { ReadFiles } from './site-runtime.ts';
import type { StopSignal } from './stop.ts';

export type { AccessLine, AccessSettings, Heritage };

/** An error on its way between processes: what the terminal and the error page show. */
export interface Failure {
  /** The kind of error: `SyntaxError`, `ImproperlyConfigured`. */
  readonly name: string;
  readonly message: string;
  readonly hint?: string;
  readonly codeFrame?: string;
  readonly stack?: string;
}

/** What a worker needs to know to load and serve a site. */
export interface SiteOptions {
  /** The project root, absolute: dotted paths begin there, and it is the worker's working directory. */
  readonly root: string;
  /** Dotted path of the settings module; the worker puts it into its environment before user code runs. */
  readonly settings: string;
  readonly skipChecks: boolean;
  /** SERVER_NAME; without it, the address that the client connected to. */
  readonly serverName?: string;
  readonly serverPort: number;
  /** How large a request may be. */
  readonly limits: RequestLimitOptions;
  /** Where to open the inspector when the worker is activated: `host:port`. */
  readonly inspect?: string;
}

/** From arbiter to worker. */
export type ToWorker =
  /** Get ready while nothing is to be done: load the transform, and what the last generation loaded from packages. */
  | {
      readonly type: 'warm';
      readonly root: string;
      readonly isInspected: boolean;
      readonly heritage: Heritage;
    }
  /**
   * Load the site and serve it. `touched` are the files that may have changed since the worker started. With a
   * failure, serve that instead and run nothing of the user's.
   */
  | {
      readonly type: 'activate';
      readonly site: SiteOptions;
      readonly touched: readonly string[];
      readonly failure?: Failure;
      /** What the script in the site's pages asks; without it they have none. */
      readonly live?: LivePageOptions;
      /** Who might see what of the generation before. */
      readonly access?: AccessSettings;
    }
  /** A connection comes with this message; these bytes (latin-1) were read from it already. */
  | { readonly type: 'connection'; readonly head: string }
  /** Say that you are there: `pong`. */
  | { readonly type: 'ping' }
  /** Let no debugger attach any longer: the arbiter has seen what it wanted to see. */
  | { readonly type: 'close-inspector' }
  /** Tell the site's URLs as a notice. */
  | { readonly type: 'show-urls' }
  /** Finish what is in flight within this time, run what the site has registered for the signal, and exit. */
  | { readonly type: 'retire'; readonly drainMs: number; readonly signal: StopSignal };

/** From worker to arbiter. */
export type ToArbiter =
  /** The runtime is loaded: the worker can be activated. */
  | { readonly type: 'booted' }
  /** The site's files as the worker read them. All that were read before code ran come before it runs. */
  | ({ readonly type: 'files' } & ReadFiles)
  /** The site answers. With a failure, the answer is the error page. */
  | {
      readonly type: 'ready';
      readonly failure?: Failure;
      readonly heritage: Heritage;
      /** Who may see what of the site, as far as its settings have loaded. */
      readonly access?: AccessSettings;
      /** The failure is that another process has a port. */
      readonly isPortTaken?: boolean;
    }
  /** After the load, something failed since another process has a port. The text is for the terminal. */
  | { readonly type: 'port-taken'; readonly text: string }
  /** Whether the process holds what only one can have; no until it says otherwise. */
  | { readonly type: 'holding'; readonly isHolding: boolean }
  /** The worker sees to its own end. */
  | { readonly type: 'retiring' }
  | { readonly type: 'request'; readonly line: AccessLine }
  /** The last connection's request has begun, and the event loop has turned since: it may send another. */
  | { readonly type: 'free' }
  | { readonly type: 'pong'; readonly openRequests: number }
  /** A note for the terminal. */
  | { readonly type: 'notice'; readonly text: string }
  /** The last word before `process.exit()`, with the stack of who called it. */
  | { readonly type: 'exiting'; readonly code: number; readonly stack: string };
