import type { Environ } from '../../wsgi/types.ts';
import { replaceHeaders } from '../replace-headers.ts';
import { mayHaveBody, nativeHeaders, nativeRequest, requestMethod } from './native-request.ts';
import type { RequestTarget } from './request-target.ts';

const setUp: { isDone?: true } = {};

/**
 * Stands in for a Request, which takes Node 20 several microseconds to make, and of which most views look at one or two
 * things. The method, the URL and the headers are known without one. For all else there is the real Request: methods
 * of the class and `new Request(request)` find what they look for in the prototype chain, which asks the real one.
 */
export class LazyRequest {
  readonly #environ: Environ;
  readonly #target: RequestTarget;
  #url: string | undefined;
  #headers: Headers | undefined;
  #real: Request | undefined;
  #context: object | undefined;

  /** The context that a Request was given by `bind()`. */
  static contextOf(request: Request): object | undefined {
    return #context in request ? request.#context : undefined;
  }

  /** Gives a Request its context, if it is a stand-in. @returns whether it is. */
  static bind(request: Request, context: object): boolean {
    if (!(#context in request)) return false;
    request.#context = context;
    return true;
  }

  static create(environ: Environ, target: RequestTarget): Request {
    // Not as the module loads, since the first look at Request takes Node 15 ms.
    if (!setUp.isDone) LazyRequest.#join(Request.prototype);
    return new LazyRequest(environ, target) as unknown as Request;
  }

  /** Puts a stand-in's prototype in front of a Request's. */
  static #join(prototype: Request): void {
    setUp.isDone = true;
    const chain = new Proxy(Object.create(prototype), {
      get(target, name, receiver) {
        // A framework looks for properties of its own, which no Request has; what Node keeps there has no other name.
        const isKnown = typeof name === 'symbol' ? !(name in target) : name in target;
        if (!isKnown || !(#real in receiver)) return Reflect.get(target, name, receiver);
        if (typeof name === 'symbol' && name.description === 'signal') return receiver.signal;
        const real = receiver.#become();
        return Reflect.get(real, name);
      },
    });
    Object.setPrototypeOf(LazyRequest.prototype, chain);
    Object.defineProperty(LazyRequest.prototype, 'constructor', { value: Request });
  }

  private constructor(environ: Environ, target: RequestTarget) {
    this.#environ = environ;
    this.#target = target;
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
    // With a body there will be need of the real one, and then two sets of headers to keep the same.
    this.#headers ??= mayHaveBody(this.method) ? this.#become().headers : nativeHeaders(this.#environ);
    return this.#headers;
  }

  formData(): Promise<FormData> {
    return this.#become().formData();
  }

  json(): Promise<unknown> {
    return this.#become().json();
  }

  /** The real Request. Its headers are those that were handed out, as they are now. */
  #become(): Request {
    const headers = this.#headers;
    this.#real ??= nativeRequest(this.#environ, this.#target, headers);
    const ours = this.#real.headers;
    if (headers !== undefined && headers !== ours) replaceHeaders(ours, headers);
    return this.#real;
  }
}
