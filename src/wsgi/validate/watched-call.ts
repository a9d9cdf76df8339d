import type { WSGIResponse } from '../types.ts';
import { type CapturedStack, captureStack } from './place.ts';

/** A call of an application, and what is known of the response that it returns. */
export interface WatchedCall {
  /** The call during which this one was made; undefined for that of the outermost application. */
  readonly parent: WatchedCall | undefined;
  readonly calledAt: CapturedStack | undefined;
  hasReturned: boolean;
  hasClose: boolean;
  isClosed: boolean;
  /** Who took the first block, and whether that was before the call further out had returned. */
  readAt?: CapturedStack;
  isReadEarly?: boolean;
  /** Who looked for `close()`, to call it now or later. */
  closeReadAt?: CapturedStack;
}

/** Deep enough for a chain of middleware and the helpers in it. */
export const CHAIN_DEPTH = 10;

/** The response as it was, an array for an array, which writes down what becomes of it. */
export function traceResponse(response: WSGIResponse, call: WatchedCall): WSGIResponse {
  const traced: object = Array.isArray(response) ? response.slice() : {};
  for (const kind of [Symbol.iterator, Symbol.asyncIterator] as const) {
    if (kind in response) define(traced, kind, { value: iterateTraced(response, kind, call) });
  }
  function getClose() {
    call.closeReadAt ??= captureStack(getClose, 1);
    return close;
  }
  function close() {
    call.isClosed = true;
    return response.close!();
  }
  define(traced, 'close', { get: getClose, enumerable: true });
  return traced as WSGIResponse;
}

type Kind = typeof Symbol.iterator | typeof Symbol.asyncIterator;

function iterateTraced(response: WSGIResponse, kind: Kind, call: WatchedCall) {
  return function iterate() {
    const iterator = (response as Iterable<Uint8Array> & AsyncIterable<Uint8Array>)[kind]();
    function next() {
      if (call.readAt === undefined) {
        call.readAt = captureStack(next, CHAIN_DEPTH);
        call.isReadEarly = call.parent?.hasReturned === false;
      }
      return iterator.next();
    }
    return {
      next,
      return: () => iterator.return?.() ?? { done: true, value: undefined },
      [kind]() {
        return this;
      },
    };
  };
}

function define(target: object, key: PropertyKey, descriptor: PropertyDescriptor): void {
  Object.defineProperty(target, key, { configurable: true, ...descriptor });
}
