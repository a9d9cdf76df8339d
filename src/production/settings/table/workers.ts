import { bytes, processCount, seconds, wholeNumber } from '../kinds/numbers.ts';
import type { Setting } from '../setting.ts';

/** The number of workers, and the limits of their lifetime. */
export const WORKERS = {
  workers: {
    kind: processCount,
    default: 1,
    flags: '-w, --workers',
    documentation:
      'The number of worker processes of the site. `auto`: one for each CPU that the process may use. The variable `WEB_CONCURRENCY` sets it too.',
  },
  timeout: {
    kind: seconds,
    default: 30_000,
    flags: '-t, --timeout',
    documentation: 'A worker is killed and replaced if its event loop does not turn for this time. 0: never.',
  },
  bootTimeout: {
    kind: seconds,
    default: 60_000,
    flags: '--boot-timeout',
    documentation: 'The longest time in which a worker loads the application. 0: no limit.',
  },
  minUptime: {
    kind: seconds,
    default: 1_000,
    flags: '--min-uptime',
    documentation:
      'How long the new workers of a reload or of USR2 must live before they replace the old ones. So code that ends just after its start does not replace working code. 0: no delay.',
  },
  gracefulTimeout: {
    kind: seconds,
    default: 30_000,
    flags: '--graceful-timeout',
    documentation: 'How long open requests may take after a stop or a reload. Then they are cut.',
  },
  drainDelay: {
    kind: seconds,
    default: 0,
    flags: '--drain-delay',
    documentation:
      'How long the server continues to accept connections after a stop, so that a load balancer can notice.',
  },
  queueTimeout: {
    kind: seconds,
    default: 10_000,
    flags: '--queue-timeout',
    documentation:
      'How long a connection may wait while no worker accepts. Then it is answered with 503 and `Retry-After`. 0: no limit.',
  },
  maxRequests: {
    kind: wholeNumber({ example: '1000' }),
    default: 0,
    flags: '--max-requests',
    documentation: 'A worker is replaced after this number of requests. 0: never.',
  },
  maxRequestsJitter: {
    kind: wholeNumber({ example: '100' }),
    default: 0,
    flags: '--max-requests-jitter',
    documentation:
      'A random number up to this is added to `maxRequests`, so that the workers do not all end at the same time.',
  },
  maxWorkerLifetime: {
    kind: seconds,
    default: 0,
    flags: '--max-worker-lifetime',
    documentation: 'A worker is replaced after this time. 0: never.',
  },
  maxMemory: {
    kind: bytes,
    default: 0,
    flags: '--max-memory',
    documentation:
      'A worker that uses more memory than this is replaced. Its open requests are finished. 0: no limit.',
  },
} as const satisfies Readonly<Record<string, Setting>>;
