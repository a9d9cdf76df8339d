/** The signals that end a site's process: Ctrl-C, a reload or a stop of the server, the end of the terminal, Ctrl-\. */
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGQUIT';

/** The time limit for the site's handlers. */
export const HANDLERS_TIMEOUT_MS = 3_000;

/** The time limit for requests in flight in a worker whose arbiter was killed, for a role that drains. */
export const ORPHAN_DRAIN_MS = 30_000;

/** The exit code of an aborted process, as a shell reports it. It is also used where there are no signals. */
export const ABORTED = 134;

type Handler = (signal: StopSignal) => unknown;
type Signals = Pick<NodeJS.Process, 'rawListeners'>;

/** A handler that prevents a signal from ending the process. */
export function ignoreSignal(): void {}

/**
 * The site's handlers for a signal. When it has none, the handlers for another signal: a site that cleans up only at
 * SIGINT must also clean up at a reload.
 */
export function siteHandlers(
  signal: StopSignal,
  ours: readonly Handler[] = [ignoreSignal],
  signals: Signals = process,
): Handler[] {
  for (const name of [signal, 'SIGTERM', 'SIGINT', 'SIGHUP']) {
    const handlers = (signals.rawListeners(name) as Handler[]).filter((handler) => !ours.includes(handler));
    if (handlers.length > 0) return handlers;
  }
  return [];
}

/**
 * Calls the site's handlers. Resolved when all promises that they return are settled. For a handler without a promise,
 * the end of its work is unknown, so it gets the whole time, unless it ends the process itself.
 */
export async function runHandlers(
  handlers: readonly Handler[],
  signal: StopSignal,
  onError: (error: unknown) => void,
): Promise<void> {
  if (handlers.length === 0) return;
  const results = handlers.map((handler) => {
    try {
      return handler.call(process, signal);
    } catch (error) {
      onError(error);
      return Promise.resolve();
    }
  });
  const timeout = new Promise<void>((resolve) => setTimeout(resolve, HANDLERS_TIMEOUT_MS));
  if (!results.every((result) => result instanceof Promise)) return timeout;
  const settled = results.map((result) => Promise.resolve(result).catch(onError));
  await Promise.race([Promise.all(settled), timeout]);
}
