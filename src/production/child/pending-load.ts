import { ImproperlyConfigured } from '../../errors.ts';
import { shownPath } from '../../files/shown-path.ts';
import type { SiteLoader } from '../../loader/site-loader.ts';

export const SITE_STEP = 'A promise that the site awaits while it loads has not settled';

/**
 * Tracks what a worker waits for while it loads its site. From outside, a process that awaits a promise only looks
 * idle, so the worker names what it awaits when the arbiter reports the timeout. Only the arbiter measures the time,
 * since the clocks of two processes differ on a busy machine.
 */
export class PendingLoad {
  /** The loader of the modules. */
  loader: Pick<SiteLoader, 'awaiting' | 'root'> | undefined;
  /** What is being awaited if no module is: a sentence without its end. */
  step = SITE_STEP;
  #fail: (error: ImproperlyConfigured) => void = () => {};

  /** @throws {ImproperlyConfigured} with what is awaited, after the timeout. */
  finish(loading: Promise<void>): Promise<void> {
    const overdue = new Promise<never>((_resolve, reject) => {
      this.#fail = reject;
    });
    return Promise.race([loading, overdue]);
  }

  /** @param bootTimeoutMs the time that has passed */
  onOverdue(bootTimeoutMs: number): void {
    const { loader, step } = this;
    const file = loader?.awaiting;
    const what = file
      ? `${shownPath(file, loader!.root)}: a promise that the module awaits at its top level has not settled`
      : step;
    const message = `${what} after ${bootTimeoutMs / 1000} s (--boot-timeout).`;
    this.#fail(
      new ImproperlyConfigured(message, {
        hint: 'Set a time limit for the operation that it awaits, or a longer --boot-timeout.',
        ...(file !== undefined && { location: { file } }),
      }),
    );
  }
}
