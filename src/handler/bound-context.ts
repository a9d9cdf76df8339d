import { LazyRequest } from '../web/request/lazy-request.ts';
import type { RequestContext } from './request-context.ts';

/** Its constructor returns its argument, so that the private fields of a derived class are added to that object. */
class Given {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: it is the purpose.
    return object;
  }
}

/**
 * Stores the context of a Request in a private field of the Request; a LazyRequest has its own field. A WeakMap would
 * also work, but costs several passes of the garbage collector: `bench/wsgi.js site`, Node 24: 30.4 µs per request with
 * it, 24.4 with the field.
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
