import { quote } from '../conf/quote.ts';
import { LightResponse } from './http/light-response.ts';

/**
 * Makes sure that user code has returned a Response.
 *
 * @param who The subject of the message: `The view home`.
 */
export function checkResponse(value: unknown, who: string): Response {
  const problem = responseProblem(value);
  if (problem === undefined) return value as Response;
  throw new TypeError(`${who} ${problem}`);
}

/** What is wrong with what user code has returned, to stand behind who it was; undefined for a Response to send. */
export function responseProblem(value: unknown): string | undefined {
  if (!LightResponse.isOne(value) && !isResponse(value)) {
    return `didn't return a Response. It returned ${quote(value)} instead.`;
  }
  if (!LightResponse.isSpent(value)) return undefined;
  return 'returned a Response that was sent or read before. Make a new one for each request.';
}

/** By its tag, since a package may bring a Response class of its own. */
function isResponse(value: unknown): value is Response {
  return Object.prototype.toString.call(value) === '[object Response]';
}
