/**
 * Made of the table of settings by `npx vitest run -u --config test/vitest.config.ts test/production/settings`, which also
 * checks that it is up to date.
 */

import type { Bytes, Seconds } from '../units.ts';

/** Settings of the workers of a site. */
export interface WorkersConfig {
  /**
   * How many worker processes serve the site; `auto` is one for each CPU that the process may use. The variable
   * `WEB_CONCURRENCY` gives the number too.
   *
   * @default 1
   */
  readonly workers?: number | 'auto' | undefined;
  /**
   * A worker whose event loop does not turn for so long is killed and replaced. 0: never.
   *
   * @default 30
   */
  readonly timeout?: Seconds | undefined;
  /**
   * How long a worker may take to load the application. 0: any time.
   *
   * @default 60
   */
  readonly bootTimeout?: Seconds | undefined;
  /**
   * How long the new workers of a reload or of USR2 must live before they replace the old ones, so that code that
   * ends just after its start does not replace working code. 0: no time.
   *
   * @default 1
   */
  readonly minUptime?: Seconds | undefined;
  /**
   * How long requests in progress may take after a stop or a reload; then they are cut.
   *
   * @default 30
   */
  readonly gracefulTimeout?: Seconds | undefined;
  /**
   * How long connections are still accepted after a stop was asked for, so that a load balancer has time to
   * notice.
   *
   * @default 0
   */
  readonly drainDelay?: Seconds | undefined;
  /**
   * How long a connection may wait while no worker accepts; then it is answered with 503 and `Retry-After`. 0: any
   * time.
   *
   * @default 10
   */
  readonly queueTimeout?: Seconds | undefined;
  /**
   * A worker is replaced after so many requests. 0: never.
   *
   * @default 0
   */
  readonly maxRequests?: number | undefined;
  /**
   * A random number up to this is added to `maxRequests`, so that workers end one by one.
   *
   * @default 0
   */
  readonly maxRequestsJitter?: number | undefined;
  /**
   * A worker is replaced after this time. 0: never.
   *
   * @default 0
   */
  readonly maxWorkerLifetime?: Seconds | undefined;
  /**
   * A worker that has more memory than this is replaced; its requests in progress are finished. 0: any amount.
   *
   * @default 0
   */
  readonly maxMemory?: Bytes | undefined;
}
