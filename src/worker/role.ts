/** The behaviour of a worker, by the kind of its server. */
export interface Role {
  /** After an error that nothing caught. */
  readonly afterUncaughtError: 'go on' | 'end';
  /** When its arbiter has ended: end now, or answer first what is in flight. */
  readonly withoutArbiter: 'end' | 'drain';
  /**
   * At SIGTERM. Systems that stop a service send it to all of its processes (systemd, unless `KillMode=mixed`), while a worker
   * may have requests in hand: when it ends is for the arbiter to say, which is notified.
   */
  readonly atTerm: 'end' | 'go on';
}

export const ROLES = {
  /** One stray error must not take a site down while it is being worked on, and a worker alone is of no use. */
  development: { afterUncaughtError: 'go on', withoutArbiter: 'end', atTerm: 'end' },
  /** The state of a process is unknown after an error; clients do not see the end of an arbiter. */
  production: { afterUncaughtError: 'end', withoutArbiter: 'drain', atTerm: 'go on' },
  /** It serves no requests. */
  configuration: { afterUncaughtError: 'end', withoutArbiter: 'end', atTerm: 'go on' },
} as const satisfies Readonly<Record<string, Role>>;
