import type { SiteSettings } from '../settings/types.ts';
import type { ProductionWorkerHandle } from './production-worker-handle.ts';

type Worker = Pick<ProductionWorkerHandle, 'startedAt' | 'maxRequests' | 'vitals' | 'rssAtFirst'>;
type Limits = Pick<SiteSettings, 'maxWorkerLifetimeMs' | 'maxMemory'>;

const MIB = 1024 * 1024;

/** The part of the lifetime that may be subtracted, so that workers that were started together do not end together. */
const LIFETIME_JITTER = 0.1;

/**
 * How much a worker must have grown before `--max-memory` counts. Otherwise a new worker would exceed the limit right
 * after its start.
 */
const GROWTH = 1.5;

/** The reason for replacing a worker, in a few words. Undefined if it may continue. */
export function reasonToRenew(worker: Worker, limits: Limits, now: number): string | undefined {
  const { vitals, startedAt, maxRequests, rssAtFirst = 0 } = worker;
  if (vitals === undefined) return undefined;
  const { maxWorkerLifetimeMs, maxMemory } = limits;
  const lifetimeMs = maxWorkerLifetimeMs * (1 - LIFETIME_JITTER * fractionOf(startedAt));
  if (vitals.requests >= maxRequests) return `it has answered ${vitals.requests} requests (--max-requests)`;
  if (maxWorkerLifetimeMs > 0 && now - startedAt >= lifetimeMs)
    return `it has run for ${Math.round((now - startedAt) / 1000)} s (--max-worker-lifetime)`;
  if (maxMemory > 0 && vitals.rss > Math.max(maxMemory, rssAtFirst * GROWTH))
    return `it takes ${Math.round(vitals.rss / MIB)} MiB (--max-memory)`;
  return undefined;
}

/** The number of requests after which a new worker is replaced. */
export function requestLimit(maxRequests: number, jitter: number, random = Math.random): number {
  if (maxRequests <= 0) return Number.POSITIVE_INFINITY;
  return maxRequests + Math.floor(random() * (jitter + 1));
}

/** A number from 0 to 1 that is always the same for the same start. */
function fractionOf(startedAt: number): number {
  return ((startedAt * 2_654_435_761) % 1_000) / 1_000;
}
