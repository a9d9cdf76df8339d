import { quote } from '../../text/quote.ts';
import { LightResponse } from './light-response.ts';

/**
 * Checks that user code has returned a Response.
 *
 * @param who The subject of the message: `The view home`.
 */
export function checkResponse(value: unknown, who: string): Response {
  const problem = responseProblem(value);
  if (problem === undefined) return value as Response;
  throw new TypeError(`${who} ${problem}`);
}

/** The problem of a returned value, as the end of a sentence after its subject; undefined for a Response that can be sent. */
export function responseProblem(value: unknown): string | undefined {
  if (!LightResponse.isOne(value) && !isResponse(value)) {
    return `returned ${quote(value)}, which is not a Response.`;
  }
  // Status 0 is that of `Response.error()`, which represents a network error and cannot be sent (Fetch, section 2.2.6).
  if ((value as Response).status === 0)
    return 'returned Response.error(), which cannot be sent: it has no status.';
  if (!LightResponse.isSpent(value)) return undefined;
  return 'returned a Response that was sent or read before. Make a new one for each request.';
}

/** Checks the members and not the class, since packages bring Response classes of their own. */
function isResponse(value: unknown): value is Response {
  if (typeof value !== 'object' || value === null || !('body' in value)) return false;
  const { status, headers } = value as Partial<Response>;
  return Number.isInteger(status) && typeof headers?.[Symbol.iterator] === 'function';
}
