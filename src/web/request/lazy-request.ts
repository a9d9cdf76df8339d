import type { Environ } from '../../wsgi/types.ts';
import { replaceHeaders } from '../replace-headers.ts';
import { mayHaveBody, nativeHeaders, nativeRequest, requestMethod } from './native-request.ts';
import type { RequestTarget } from './request-target.ts';

const setUp: { isDone?: true } = {};

/**
 * A Request that makes the runtime's Request when it is needed: that takes several microseconds on Node 20, and most
 * views read one or two properties. The method, the URL and the headers are known without it. For all else, methods of
 * the class and `new Request(request)` find what they read in the prototype chain, which reads the runtime's Request.
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

  /** Gives a Request its context, if it is of this class. @returns whether it is. */
  static bind(request: Request, context: object): boolean {
    if (!(#context in request)) return false;
    request.#context = context;
    return true;
  }

  static create(environ: Environ, target: RequestTarget): Request {
    // Not as the module loads, since the first access to Request takes Node 15 ms.
    if (!setUp.isDone) LazyRequest.#join(Request.prototype);
    return new LazyRequest(environ, target) as unknown as Request;
  }

  /** Puts this class's prototype in front of the Request's. */
  static #join(prototype: Request): void {
    setUp.isDone = true;
    const chain = new Proxy(Object.create(prototype), {
      get(target, name, receiver) {
        // A framework reads properties of its own, which no Request has; what Node keeps there are symbols.
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
