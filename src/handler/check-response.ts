import { quote } from '../conf/quote.ts';
import { isPromiseLike } from '../wsgi/errors.ts';
import { LightResponse } from './http/light-response.ts';

/**
 * Makes sure that user code has returned a Response, or a promise of one.
 *
 * @param kind What returned it, for the message: `view`.
 */
export function checkResponse(value: unknown, kind: string, name: string): Response | Promise<Response> {
  return isPromiseLike(value) ? checkLater(value, kind, name) : checkNow(value, kind, name);
}

async function checkLater(pending: PromiseLike<unknown>, kind: string, name: string): Promise<Response> {
  return checkNow(await pending, kind, name);
}

function checkNow(value: unknown, kind: string, name: string): Response {
  if (!isResponse(value)) {
    throw new TypeError(`The ${kind} ${name} didn't return a Response. It returned ${quote(value)} instead.`);
  }
  if (LightResponse.isSpent(value)) {
    throw new TypeError(
      `The ${kind} ${name} returned a Response that was sent or read before. Make a new one for each request.`,
    );
  }
  return value;
}

/** By its tag, since a package may bring a Response class of its own. */
function isResponse(value: unknown): value is Response {
  return Object.prototype.toString.call(value) === '[object Response]';
}
