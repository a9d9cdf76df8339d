/** What may ask a site's process to end: CONTROL-C, a save, a stop of the server, the terminal's end, CONTROL-\\. */
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGQUIT';

/** How long the site's handlers may take. */
export const HANDLERS_TIMEOUT_MS = 3_000;

/** How long a worker whose arbiter was killed may take for what is in flight, in a role that drains then. */
export const ORPHAN_DRAIN_MS = 30_000;

/** The exit code of a process that was aborted, to a shell and where there are no signals. */
export const ABORTED = 134;

type Handler = (signal: StopSignal) => unknown;
type Signals = Pick<NodeJS.Process, 'rawListeners'>;

/** A handler that keeps a signal from ending the process. */
export function ignoreSignal(): void {}

/**
 * What the site has registered for a signal; where that is nothing, for another one: a site that tidies up at SIGINT alone
 * has to do so at a save as well.
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
 * Calls the site's handlers. Resolves when all promises that they have returned are settled. What a handler does
 * without a promise is not known, so it gets the whole time, unless it ends the process itself.
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
