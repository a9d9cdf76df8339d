import type { WSGIResponse } from '../types.ts';
import { type CapturedStack, captureStack } from './place.ts';

/** A call of an application, and the use of its response. */
export interface WatchedCall {
  /** The call during which this one was made; undefined for that of the outermost application. */
  readonly parent: WatchedCall | undefined;
  readonly calledAt: CapturedStack | undefined;
  hasReturned: boolean;
  hasClose: boolean;
  isClosed: boolean;
  /** The stack of the read of the first block, and whether the outer call had not yet returned at that time. */
  readAt?: CapturedStack;
  isReadEarly?: boolean;
  /** The stack of the read of `close`. */
  closeReadAt?: CapturedStack;
}

/** Enough for a chain of middleware with helpers. */
export const CHAIN_DEPTH = 10;

/** A response of the same kind, an array for an array, that records its use. */
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
