/** Messages between the arbiter and the process that reads wsgi.config.ts and runs the arbiter's hooks. */

import { type Finding, isFinding } from '../../checks/finding.ts';
import type { Failure, SharedToArbiter, SharedToWorker } from '../../worker/messages.ts';
import { type Checks, is, SHARED_TO_ARBITER } from '../../worker/sealed-messages.ts';
import type { SiteOptions } from '../../worker/site/site-options.ts';
import type { SiteSettings } from '../settings/types.ts';

/** The server settings of a site that the checks of the site's own settings use. */
export type Served = Pick<SiteSettings, 'bind' | 'forwardedAllowIps' | 'protocol'>;

/** The result for a site that loads: the findings of the checks for production. */
export interface SiteCheck {
  readonly findings: readonly Finding[];
}

/** Messages from the arbiter. */
export type ToConfigProcess =
  | SharedToWorker
  /** Load the configuration. Answered with `config` or `unreadable`. */
  | { readonly type: 'read'; readonly root: string; readonly file: string }
  /** Load a site and its application. Answered with `checked` or `unreadable`. */
  | { readonly type: 'check'; readonly site: SiteOptions; readonly served: Served }
  /** Run a hook. Answered with `ran`. */
  | { readonly type: 'run'; readonly id: number; readonly hook: string; readonly facts: object };

/** Messages to the arbiter. */
export type FromConfigProcess =
  | Exclude<SharedToArbiter, { type: 'ready' }>
  /** The exports of the configuration: values in JSON, and the names of its hooks. */
  | { readonly type: 'config'; readonly values: object; readonly hooks: readonly string[] }
  | ({ readonly type: 'checked' } & SiteCheck)
  | { readonly type: 'unreadable'; readonly failure: Failure }
  /** The hook has ended, including its promise. */
  | { readonly type: 'ran'; readonly id: number; readonly failure?: Failure };

export type MessageOf<Type extends FromConfigProcess['type']> = Extract<FromConfigProcess, { type: Type }>;

const { ready: _unused, ...shared } = SHARED_TO_ARBITER;

export const FROM_CONFIG_PROCESS: Checks<FromConfigProcess> = {
  ...shared,
  config: ({ values, hooks }) => is.fields(values) && is.listOf(hooks, is.text),
  checked: ({ findings }) => is.listOf(findings, isFinding),
  unreadable: ({ failure }) => is.failure(failure),
  ran: ({ id, failure }) => is.number(id) && is.optional(failure, is.failure),
};
