import { encodePath, ownPath } from '../../web/path-encoding.ts';
import { represent } from '../../web/request/native-request.ts';
import { type RequestTarget, rawHost, requestQuery, standardUrl } from '../../web/request/request-target.ts';
import type { Environ } from '../../wsgi/types.ts';

/** The URL of a request to a fetch handler, and the signal that is aborted when the client disconnects. */
export class FetchTarget implements RequestTarget {
  /** The URL. Its path begins below the mount point, unless the whole path is requested. */
  readonly url: string;
  #controller: AbortController | undefined;
  #reason: Error | undefined;

  /** @throws {BadRequest} if a URL cannot hold a value. */
  constructor(environ: Environ, isWholePath: boolean) {
    const { SCRIPT_NAME: scriptName = '', PATH_INFO: pathInfo = '' } = environ;
    const path = ownPath(encodePath((isWholePath ? scriptName : '') + pathInfo)) || '/';
    const origin = `${environ['wsgi.url_scheme']}://${rawHost(environ, false)}`;
    this.url = represent(() => standardUrl(origin + path + requestQuery(environ)));
  }

  /** Made when it is read: it is expensive, and most handlers do not use it. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  abort(reason: Error): void {
    this.#reason = reason;
    this.#controller?.abort(reason);
  }
}
