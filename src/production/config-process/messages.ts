/** Messages between the arbiter and the process that reads wsgi.config.ts and runs the arbiter's hooks. */

import type { Failure, SharedToArbiter, SharedToWorker } from '../../worker/messages.ts';
import { type Checks, is, SHARED_TO_ARBITER } from '../../worker/sealed-messages.ts';

/** From the arbiter. */
export type ToConfigProcess =
  | SharedToWorker
  /** Load the configuration. Answered with `config` or `unreadable`. */
  | { readonly type: 'read'; readonly root: string; readonly file: string }
  /** Run a hook. Answered with `ran`. */
  | { readonly type: 'run'; readonly id: number; readonly hook: string; readonly facts: object };

/** To the arbiter. */
export type FromConfigProcess =
  | Exclude<SharedToArbiter, { type: 'ready' }>
  /** What the configuration exports: values as JSON has them, and the names of its hooks. */
  | { readonly type: 'config'; readonly values: object; readonly hooks: readonly string[] }
  | { readonly type: 'unreadable'; readonly failure: Failure }
  /** The hook has ended, its promise too. */
  | { readonly type: 'ran'; readonly id: number; readonly failure?: Failure };

const { ready: _unused, ...shared } = SHARED_TO_ARBITER;

export const FROM_CONFIG_PROCESS: Checks<FromConfigProcess> = {
  ...shared,
  config: ({ values, hooks }) => is.fields(values) && is.listOf(hooks, is.text),
  unreadable: ({ failure }) => is.failure(failure),
  ran: ({ id, failure }) => is.number(id) && is.optional(failure, is.failure),
};
