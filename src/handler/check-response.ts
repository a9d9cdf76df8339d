import { quote } from '../conf/quote.ts';
import { LightResponse } from './http/light-response.ts';

/**
 * Makes sure that user code has returned a Response.
 *
 * @param who The subject of the message: `The view home`.
 */
export function checkResponse(value: unknown, who: () => string): Response {
  if (!LightResponse.isOne(value) && !isResponse(value)) {
    throw new TypeError(`${who()} didn't return a Response. It returned ${quote(value)} instead.`);
  }
  if (LightResponse.isSpent(value)) {
    throw new TypeError(
      `${who()} returned a Response that was sent or read before. Make a new one for each request.`,
    );
  }
  return value;
}

/** By its tag, since a package may bring a Response class of its own. */
function isResponse(value: unknown): value is Response {
  return Object.prototype.toString.call(value) === '[object Response]';
}
