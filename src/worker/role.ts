/** The behaviour of a worker, for each kind of server. */
export interface Role {
  /** The reaction to an uncaught error. */
  readonly afterUncaughtError: 'go on' | 'end';
  /** The reaction to the end of the arbiter: end now, or finish the requests in flight first. */
  readonly withoutArbiter: 'end' | 'drain';
  /**
   * The reaction to SIGTERM. Systems that stop a service send it to all processes (systemd, unless `KillMode=mixed`),
   * while a worker may have requests in flight. With 'go on', the arbiter is notified, and decides when the worker
   * ends.
   */
  readonly atTerm: 'end' | 'go on';
}

export const ROLES = {
  /** One uncaught error must not stop a site during development. A worker without its arbiter is useless. */
  development: { afterUncaughtError: 'go on', withoutArbiter: 'end', atTerm: 'end' },
  /** After an uncaught error, the state of the process is unknown. Clients must not notice the end of an arbiter. */
  production: { afterUncaughtError: 'end', withoutArbiter: 'drain', atTerm: 'go on' },
  /** This worker serves no requests. */
  configuration: { afterUncaughtError: 'end', withoutArbiter: 'end', atTerm: 'go on' },
} as const satisfies Readonly<Record<string, Role>>;
