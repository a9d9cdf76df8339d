import { WorkerPool } from '../../arbiter/worker-pool.ts';
import type { SiteOptions } from '../../worker/site/site-options.ts';
import { type ConfigProcessHandle, type ConfigProcessPool, firstAnswer } from './first-answer.ts';
import type { Served, SiteCheck } from './messages.ts';

interface CheckSiteOptions {
  /** The application that a worker would load. */
  readonly site: SiteOptions;
  readonly served: Served;
  /** Starts the process, with the environment of the site. */
  readonly spawn: () => ConfigProcessHandle;
  /** How long the site may take to load: its `bootTimeout`. */
  readonly timeoutMs: number;
}

/**
 * Has another process load the settings and the application of a site, as a worker does. For `--check-config`.
 *
 * @throws {ImproperlyConfigured} with the same text as `runserver`'s, if something does not load.
 */
export async function checkSite({ site, served, spawn, timeoutMs }: CheckSiteOptions): Promise<SiteCheck> {
  const pool: ConfigProcessPool = new WorkerPool();
  try {
    const { findings } = await firstAnswer(pool, spawn(), {
      message: { type: 'check', site, served },
      answer: 'checked',
      subject: { name: 'site', root: site.root },
      timeoutMs: timeoutMs || LONGEST_MS,
    });
    return { findings };
  } finally {
    await pool.close('SIGTERM');
  }
}

/** The limit of a check for a site that has no time limit. */
const LONGEST_MS = 600_000;
