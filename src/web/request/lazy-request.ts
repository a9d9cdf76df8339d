import { hasOpenRequestState } from '../../node-internals/request-state.ts';
import type { Environ } from '../../wsgi/types.ts';
import { replaceHeaders } from '../replace-headers.ts';
import { delegateMembers } from '../response/delegate-members.ts';
import { acceptInGlobals } from './lazy-globals.ts';
import { mayHaveBody, nativeHeaders, nativeRequest, requestMethod } from './native-request.ts';
import type { RequestTarget } from './request-target.ts';

/** Node 20 does not have this function. It copies a Request as an empty object. */
type MarkAsUncloneable = ((object: object) => void) | undefined;

const setUp: { isDone?: true; hasOpenState?: boolean; markAsUncloneable?: MarkAsUncloneable } = {};

/**
 * A Request that creates the runtime's Request only when it is needed. Creation takes several microseconds, and most
 * views read one or two properties. The method, the URL and the headers are known without it; every other member is
 * delegated to the runtime's Request. `new Request(request)` and `fetch(request)` also need the runtime's Request.
 * Where the class keeps its state in properties, they find it by the prototype chain; elsewhere the global classes are
 * replaced (`lazy-globals.ts`).
 */
export class LazyRequest {
  readonly #environ: Environ;
  readonly #target: RequestTarget;
  #url: string | undefined;
  #headers: Headers | undefined;
  #real: Request | undefined;
  #context: object | undefined;

  /** The context that `bind()` has given to a Request. */
  static contextOf(request: Request): object | undefined {
    return #context in request ? request.#context : undefined;
  }

  /** Gives a Request its context if it is a LazyRequest. @returns whether it is one. */
  static bind(request: Request, context: object): boolean {
    if (!(#context in request)) return false;
    request.#context = context;
    return true;
  }

  /** Not at import time: the first access to Request makes Node load the class (`bench/first-use.js`). */
  static prepare(): void {
    if (!setUp.isDone) LazyRequest.#join(Request.prototype);
    if (!setUp.hasOpenState) acceptInGlobals(LazyRequest.#realOf);
  }

  static create(environ: Environ, target: RequestTarget): Request {
    LazyRequest.prepare();
    return new LazyRequest(environ, target) as unknown as Request;
  }

  /** Makes the runtime's class accept LazyRequests as instances. */
  static #join(prototype: Request): void {
    setUp.isDone = true;
    setUp.hasOpenState = hasOpenRequestState.isPassed;
    const threads: object = process.getBuiltinModule('node:worker_threads');
    setUp.markAsUncloneable = (threads as { markAsUncloneable?: MarkAsUncloneable }).markAsUncloneable;
    const ours = LazyRequest.prototype;
    Object.defineProperty(ours, 'constructor', { get: () => globalThis.Request });
    delegateMembers(ours, prototype, LazyRequest.#realOf as (one: object) => object);
    if (setUp.hasOpenState) Object.setPrototypeOf(ours, LazyRequest.#stateOf(prototype));
  }

  /** The runtime's Request for a LazyRequest, and every other value unchanged. */
  static #realOf(this: void, value: unknown): unknown {
    return typeof value === 'object' && value !== null && #real in value ? value.#become() : value;
  }

  /** A prototype on which the methods of the runtime's class find the state of the runtime's Request. */
  static #stateOf(prototype: Request): object {
    return new Proxy(Object.create(prototype), {
      get(target, name, receiver) {
        const isState = typeof name === 'symbol' && !(name in target) && #real in receiver;
        if (!isState) return Reflect.get(target, name, receiver);
        return name.description === 'signal' ? receiver.signal : Reflect.get(receiver.#become(), name);
      },
    });
  }

  private constructor(environ: Environ, target: RequestTarget) {
    this.#environ = environ;
    this.#target = target;
    setUp.markAsUncloneable?.(this);
  }

  get method(): string {
    return requestMethod(this.#environ);
  }

  get url(): string {
    this.#url ??= this.#target.url;
    return this.#url;
  }

  get signal(): AbortSignal {
    return this.#target.signal ?? this.#become().signal;
  }

  get headers(): Headers {
    // A request with a body will probably need the runtime's Request. Then two sets of headers would have to be kept
    // equal.
    this.#headers ??= mayHaveBody(this.method) ? this.#become().headers : nativeHeaders(this.#environ);
    return this.#headers;
  }

  // These three methods extend those of the runtime's class if the signal is late.
  clone(): Request {
    return this.#become().clone() as Request;
  }

  formData(): Promise<FormData> {
    return this.#become().formData();
  }

  json(): Promise<unknown> {
    return this.#become().json();
  }

  /**
   * Creates the runtime's Request. Its headers are those that callers have already received, with all their changes.
   */
  #become(): Request {
    const headers = this.#headers;
    this.#real ??= nativeRequest(this.#environ, this.#target, headers);
    const ours = this.#real.headers;
    if (headers !== undefined && headers !== ours) replaceHeaders(ours, headers);
    return this.#real;
  }
}
