import type { ResolvedSite } from './resolved-settings.ts';
import type { ProductionSettings } from './types.ts';

/** `terminationGracePeriodSeconds` of Kubernetes, unless a pod sets it. */
const KUBERNETES_GRACE_MS = 30_000;

/** Warnings about settings that are valid and probably not meant, one line each. */
export function settingsNotes(
  { preload }: ProductionSettings,
  sites: readonly ResolvedSite[],
  { KUBERNETES_SERVICE_HOST }: NodeJS.ProcessEnv,
): readonly string[] {
  const notes: string[] = [];
  if (preload) {
    notes.push(
      '--preload has no effect: each worker loads the application itself, since Node cannot fork a process that has loaded it.',
    );
  }
  for (const { settings, origins } of sites) {
    const { protocol } = settings;
    if (protocol === 'http' || origins.forwardedAllowIps.source === 'default') continue;
    notes.push(
      `forwardedAllowIps has no effect with the protocol ${protocol}: the web server sends the address and the scheme of the client itself.`,
    );
  }
  const longest = Math.max(
    ...sites.map(({ settings }) => settings.drainDelayMs + settings.gracefulTimeoutMs),
  );
  if (KUBERNETES_SERVICE_HOST && longest >= KUBERNETES_GRACE_MS) {
    notes.push(
      `drainDelay and gracefulTimeout are ${longest / 1000} seconds together. Kubernetes kills a pod 30 seconds after the signal to stop, unless its terminationGracePeriodSeconds is larger.`,
    );
  }
  return notes;
}
