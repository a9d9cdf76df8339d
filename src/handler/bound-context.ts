import { LazyRequest } from '../web/request/lazy-request.ts';
import type { RequestContext } from './request-context.ts';

/** Its constructor returns its argument. So the private fields of a derived class are added to that object. */
class Given {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: it is the purpose.
    return object;
  }
}

/**
 * Keeps the context of a Request in a private field of the Request; a LazyRequest has one for it. A WeakMap would do,
 * but costs several passes of the garbage collector: `bench/wsgi.js site`, Node 24: 30.4 µs a request against 24.4.
 */
export class BoundContext extends Given {
  #context: RequestContext;

  static get(request: Request): RequestContext | undefined {
    return (
      (LazyRequest.contextOf(request) as RequestContext | undefined) ??
      (#context in request ? request.#context : undefined)
    );
  }

  static set(request: Request, context: RequestContext): void {
    if (LazyRequest.bind(request, context)) return;
    if (#context in request) request.#context = context;
    else new BoundContext(request, context);
  }

  private constructor(request: Request, context: RequestContext) {
    super(request);
    this.#context = context;
  }
}
