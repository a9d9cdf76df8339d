import type { FetchedRequest } from '../../web/direct-answer.ts';
import { pathText } from '../../web/path-encoding.ts';
import type { Environ } from '../../wsgi/types.ts';
import { BoundContext } from '../bound-context.ts';
import { type ApplicationContext, RequestContext } from '../request-context.ts';

/** The context of a request whose environ is made when it is read. */
export class DirectContext extends RequestContext {
  readonly fetched: FetchedRequest;

  constructor(application: ApplicationContext, fetched: FetchedRequest) {
    super(application, undefined, application.scriptName, pathText(fetched.pathInfo));
    this.fetched = fetched;
  }

  override get environ(): Environ {
    return this.fetched.environ;
  }
}

/**
 * One getter for all requests. With a separate getter for each request, V8 creates a hidden class for each, and keeps
 * it and all objects that the getter refers to until the next full garbage collection: a page of Deno 2.9 took twice
 * the time (`bench/runtimes.js`).
 */
const SIGNAL: PropertyDescriptor = {
  get(this: Request): AbortSignal | undefined {
    const context = BoundContext.get(this);
    return context instanceof DirectContext ? context.fetched.signal : undefined;
  },
  configurable: true,
};

/**
 * Replaces the signal of a request by one that reports its client's disconnect. Some runtimes abort their own signal
 * after each response.
 */
export function giveSignal(request: Request): void {
  Object.defineProperty(request, 'signal', SIGNAL);
}
