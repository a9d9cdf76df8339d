import { readAsSent } from './client-errors.ts';
import type { RequestTarget } from './request-target.ts';

type RequestClass = new (target: RequestTarget, init: RequestInit) => Request;

/** The members are declared as fields, as in the type of the runtime's class. */
declare class RuntimeRequest {
  constructor(url: string, init: RequestInit);
  get signal(): AbortSignal;
  get body(): ReadableStream | null;
  clone(): Request;
  formData(): Promise<FormData>;
  json(): Promise<unknown>;
}

const made: { class?: RequestClass } = {};

/**
 * Makes a Request whose signal is made when it is read. A signal passed to the constructor would add listeners for each
 * request.
 */
export function createRequest(target: RequestTarget, init: RequestInit): Request {
  // Not at import time: the first access to Request makes Node load the class (`bench/first-use.js`).
  made.class ??= defineClass();
  return new made.class(target, init);
}

/** Aborts a copied Request together with its original. */
export function followSignal(request: Request, signalOf: () => AbortSignal | undefined): void {
  const own = request.signal;
  let signal: AbortSignal | undefined;
  Object.defineProperty(request, 'signal', {
    get() {
      const other = signalOf();
      signal ??= other === undefined || other === own ? own : AbortSignal.any([own, other]);
      return signal;
    },
    configurable: true,
    enumerable: true,
  });
}

function defineClass(): RequestClass {
  class LateSignalRequest extends (Request as unknown as typeof RuntimeRequest) {
    readonly #target: RequestTarget;

    constructor(target: RequestTarget, init: RequestInit) {
      super(target.url, init);
      this.#target = target;
    }

    override get signal(): AbortSignal {
      return this.#target.signal ?? super.signal;
    }

    override clone(): Request {
      const clone = super.clone();
      followSignal(clone, () => this.signal);
      return clone;
    }

    // Only a request without a body needs this: parsing then fails, and this is the client's fault. The size limit
    // handles the methods of a request with a body.
    override formData(): Promise<FormData> {
      return this.body === null ? readAsSent(() => super.formData()) : super.formData();
    }

    override json(): Promise<unknown> {
      return this.body === null ? readAsSent(() => super.json()) : super.json();
    }
  }
  // Libraries compare `constructor` with the global class.
  Object.defineProperty(LateSignalRequest.prototype, 'constructor', { value: Request });
  return LateSignalRequest as unknown as RequestClass;
}
