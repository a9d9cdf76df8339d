import { ImproperlyConfigured } from '../../errors.ts';
import { shownPath } from '../../files/shown-path.ts';
import type { SiteLoader } from '../../loader/site-loader.ts';

/** How long before the arbiter ends this worker it says what it waits for. */
const MARGIN_MS = 250;

/**
 * Waits for the site to load. Where a module's top-level `await` does not settle, the process has nothing to do, and nobody can
 * see from outside what it waits for: so it says that itself, in time.
 *
 * @param bootTimeoutMs After which time the arbiter ends this worker. 0: never.
 * @throws {ImproperlyConfigured} with the module, when what it awaits has not come by then.
 */
export async function loadInTime<Result>(
  loading: Promise<Result>,
  loader: Pick<SiteLoader, 'awaiting' | 'root'>,
  bootTimeoutMs: number,
): Promise<Result> {
  const leftMs = bootTimeoutMs - performance.now() - MARGIN_MS;
  if (leftMs <= 0) return loading;
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const file = loader.awaiting;
      if (file !== undefined) reject(neverSettles(file, loader.root, bootTimeoutMs));
    }, leftMs);
  });
  try {
    return await Promise.race([loading, overdue]);
  } finally {
    clearTimeout(timer);
  }
}

function neverSettles(file: string, root: string, bootTimeoutMs: number): ImproperlyConfigured {
  const what = `what the module awaits at its top level has not settled after ${bootTimeoutMs / 1000} s`;
  return new ImproperlyConfigured(`${shownPath(file, root)}: ${what} (--boot-timeout).`, {
    hint: 'Give what it awaits a time limit of its own, or let --boot-timeout be longer.',
    location: { file },
  });
}
