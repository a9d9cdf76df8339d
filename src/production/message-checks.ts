import { type Checks, is, isNothingMore, SHARED_TO_ARBITER } from '../worker/sealed-messages.ts';
import type { ToArbiter, Vitals } from './messages.ts';

const LEVELS: ReadonlySet<unknown> = new Set(['info', 'warning', 'error']);
const COUNTS = ['requests', 'openRequests', 'connections', 'rss', 'heapUsed', 'heapLimit'] as const;

const isRequest = (value: unknown) =>
  is.fields(value) &&
  is.text(value.method) &&
  is.text(value.target) &&
  is.number(value.ageMs) &&
  is.optional(value.client, is.text);

/** Whether a value has the shape of a worker's vitals. It comes from a process that runs the site's code. */
function areVitals(value: unknown): value is Vitals {
  return (
    is.fields(value) &&
    COUNTS.every((name) => Number.isFinite(value[name])) &&
    is.listOf(value.inHand, isRequest)
  );
}

/**
 * Parses a worker's vitals from JSON. Undefined if it is something else, since the site's code may have changed the
 * serialization.
 */
export function readVitals(json = 'null'): Vitals | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return areVitals(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export const TO_ARBITER: Checks<ToArbiter> = {
  ...SHARED_TO_ARBITER,
  vitals: ({ vitals }) => areVitals(vitals),
  accepts: ({ accepted, utilization }) => is.number(accepted) && is.number(utilization),
  term: isNothingMore,
  notice: ({ level, text }) => LEVELS.has(level) && is.text(text),
};
