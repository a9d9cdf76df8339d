/** Messages between the development server's arbiter and its workers. */

import type { Finding } from '../checks/finding.ts';
import type { AccessSettings } from '../handler/errors/page-access.ts';
import type { Heritage } from '../loader/site-loader.ts';
import type { Failure, SharedToArbiter, SharedToWorker } from '../worker/messages.ts';
import type { ReadFiles } from '../worker/site/read-files.ts';
import type { SiteOptions } from '../worker/site/site-options.ts';
import type { LoggedRequest, RequestLine } from './request-line.ts';

/** Where live pages of a generation ask for newer ones. */
export interface LivePageOptions {
  /** The path that the page's script connects to. */
  readonly path: string;
  /** The generation that makes these pages. */
  readonly generation: string;
}

/** A request that a worker answers, as far as the arbiter needs it to answer in its place. */
export interface AskedRequest extends RequestLine {
  /** Whether the client accepts HTML. */
  readonly isHtml: boolean;
  readonly maySeeFacts: boolean;
  readonly mayOpenEditor: boolean;
}

/** From arbiter to worker. */
export type ToWorker =
  | SharedToWorker
  /** Get ready while nothing is to be done: load the transform, and what the last generation loaded from packages. */
  | {
      readonly type: 'warm';
      readonly root: string;
      readonly isInspected: boolean;
      readonly heritage: Heritage;
    }
  /**
   * Load the site and serve it. `touched` are the files that may have changed since the worker started. With a
   * failure, serve that instead and run none of the site's code.
   */
  | {
      readonly type: 'activate';
      readonly site: SiteOptions;
      readonly touched: readonly string[];
      readonly failure?: Failure;
      /** Without it, pages are not reloaded. */
      readonly live?: LivePageOptions;
      /** Who might see what of the generation before. */
      readonly access?: AccessSettings;
    }
  /** A connection comes with this message; these bytes (latin-1) were read from it already. */
  | { readonly type: 'connection'; readonly head: string }
  /** Send the site's URLs. */
  | { readonly type: 'show-urls' };

/** From worker to arbiter. */
export type ToArbiter =
  | Exclude<SharedToArbiter, { type: 'ready' }>
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
  /** Requests have been answered, and `free` has not said so. */
  | { readonly type: 'answered'; readonly answered: readonly LoggedRequest[] }
  /** The request of a connection, of the number that `released` has, is passed to the site. */
  | { readonly type: 'asked'; readonly id: number; readonly request: AskedRequest }
  /** The last connection's request has begun, and the event loop has turned since: it may send another. These were answered meanwhile. */
  | { readonly type: 'free'; readonly answered: readonly LoggedRequest[] }
  /** A stylesheet that was sent has another content. */
  | { readonly type: 'styles-changed' }
  /** The site's URLs, a line for each. */
  | { readonly type: 'urls'; readonly text: string }
  /** What the checks find, after the load; nothing of it delays a request. */
  | { readonly type: 'findings'; readonly findings: readonly Finding[] }
  /** A note for the terminal; `isOnce` for one that says nothing new the next time. */
  | { readonly type: 'notice'; readonly text: string; readonly isOnce?: boolean };

/** From worker to arbiter, of one type. */
export type MessageOf<Type extends ToArbiter['type']> = Extract<ToArbiter, { type: Type }>;
