/**
 * Made of the table of settings by `npx vitest run -u --config test/vitest.config.ts test/production/settings`, which also
 * checks that it is up to date.
 */

import type { Bytes, Seconds } from '../units.ts';

/** Settings of the workers of a site. */
export interface WorkersConfig {
  /**
   * The number of worker processes of the site. `auto`: one for each CPU that the process may use. The variable
   * `WEB_CONCURRENCY` sets it too.
   *
   * @default 1
   */
  readonly workers?: number | 'auto' | undefined;
  /**
   * A worker is killed and replaced if its event loop does not turn for this time. 0: never.
   *
   * @default 30
   */
  readonly timeout?: Seconds | undefined;
  /**
   * The longest time in which a worker loads the application. 0: no limit.
   *
   * @default 60
   */
  readonly bootTimeout?: Seconds | undefined;
  /**
   * How long the new workers of a reload or of USR2 must live before they replace the old ones. So code that ends
   * just after its start does not replace working code. 0: no delay.
   *
   * @default 1
   */
  readonly minUptime?: Seconds | undefined;
  /**
   * How long open requests may take after a stop or a reload. Then they are cut.
   *
   * @default 30
   */
  readonly gracefulTimeout?: Seconds | undefined;
  /**
   * How long the server continues to accept connections after a stop, so that a load balancer can notice.
   *
   * @default 0
   */
  readonly drainDelay?: Seconds | undefined;
  /**
   * How long a connection may wait while no worker accepts. Then it is answered with 503 and `Retry-After`. 0: no
   * limit.
   *
   * @default 10
   */
  readonly queueTimeout?: Seconds | undefined;
  /**
   * A worker is replaced after this number of requests. 0: never.
   *
   * @default 0
   */
  readonly maxRequests?: number | undefined;
  /**
   * A random number up to this is added to `maxRequests`, so that the workers do not all end at the same time.
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
   * A worker that uses more memory than this is replaced. Its open requests are finished. 0: no limit.
   *
   * @default 0
   */
  readonly maxMemory?: Bytes | undefined;
}
