import { bytes, processCount, seconds, wholeNumber } from '../kinds/numbers.ts';
import type { Setting } from '../setting.ts';

/** How many workers there are, and how long each of them serves. */
export const WORKERS = {
  workers: {
    kind: processCount,
    default: 1,
    flags: '-w, --workers',
    documentation:
      'How many worker processes serve the site; `auto` is one for each CPU that the process may use. The variable `WEB_CONCURRENCY` gives the number too.',
  },
  timeout: {
    kind: seconds,
    default: 30_000,
    flags: '-t, --timeout',
    documentation: 'A worker whose event loop does not turn for so long is killed and replaced. 0: never.',
  },
  bootTimeout: {
    kind: seconds,
    default: 60_000,
    flags: '--boot-timeout',
    documentation: 'How long a worker may take to load the application. 0: any time.',
  },
  minUptime: {
    kind: seconds,
    default: 1_000,
    flags: '--min-uptime',
    documentation:
      'How long the new workers of a reload or of USR2 must live before they replace the old ones, so that code that ends just after its start does not replace working code. 0: no time.',
  },
  gracefulTimeout: {
    kind: seconds,
    default: 30_000,
    flags: '--graceful-timeout',
    documentation: 'How long requests in progress may take after a stop or a reload; then they are cut.',
  },
  drainDelay: {
    kind: seconds,
    default: 0,
    flags: '--drain-delay',
    documentation:
      'How long connections are still accepted after a stop was asked for, so that a load balancer has time to notice.',
  },
  queueTimeout: {
    kind: seconds,
    default: 10_000,
    flags: '--queue-timeout',
    documentation:
      'How long a connection may wait while no worker accepts; then it is answered with 503 and `Retry-After`. 0: any time.',
  },
  maxRequests: {
    kind: wholeNumber({ example: '1000' }),
    default: 0,
    flags: '--max-requests',
    documentation: 'A worker is replaced after so many requests. 0: never.',
  },
  maxRequestsJitter: {
    kind: wholeNumber({ example: '100' }),
    default: 0,
    flags: '--max-requests-jitter',
    documentation: 'A random number up to this is added to `maxRequests`, so that workers end one by one.',
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
      'A worker that has more memory than this is replaced; its requests in progress are finished. 0: any amount.',
  },
} as const satisfies Readonly<Record<string, Setting>>;
