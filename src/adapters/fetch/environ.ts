import { isHost } from '../../text/host-names.ts';
import type { LightContent } from '../../web/response/light-response.ts';
import { isDeno } from '../../web/runtime.ts';
import { cgiName } from '../../wsgi/environ/cgi-names.ts';
import { createEnviron, type EnvironDefaults, pathInfoOf } from '../../wsgi/environ/server-variables.ts';
import type { Environ } from '../../wsgi/types.ts';
import { toBytes } from './header-text.ts';
import { type Origin, originOf, splitTarget } from './request-url.ts';
import { FetchTransport } from './transport.ts';
import { lightResponse } from './whole-response.ts';

/**
 * A web-standard Request in the form of WSGI. The URL is split at once; the environ and the transport are made when
 * they are first read.
 */
export class RequestParts {
  readonly request: Request;
  /** Variables that are added to those of the request. */
  additions: Partial<Environ> | undefined;
  readonly #defaults: EnvironDefaults;
  readonly #origin: Origin;
  readonly #path: string;
  readonly #query: string;
  #transport: FetchTransport | undefined;
  #environ: Environ | undefined;

  /** @throws {TypeError} for a URL that is not HTTP or HTTPS. */
  constructor(request: Request, defaults: EnvironDefaults) {
    const { url } = request;
    this.request = request;
    this.#defaults = defaults;
    this.#origin = originOf(url);
    const { path, query } = splitTarget(url, this.#origin);
    this.#path = path;
    this.#query = query;
  }

  get host(): string {
    return this.#origin.host;
  }

  get serverName(): string {
    return this.#origin.serverName;
  }

  get pathInfo(): string {
    return pathInfoOf(this.#path);
  }

  get transport(): FetchTransport {
    this.#transport ??= new FetchTransport(this.request);
    return this.#transport;
  }

  get signal(): AbortSignal {
    return this.transport.signal;
  }

  get environ(): Environ {
    this.#environ ??= this.#makeEnviron();
    return this.#environ;
  }

  /** Makes the Response to a GET request. */
  respond(light: LightContent): Response {
    return this.#transport?.respondWhole(light) ?? lightResponse(light);
  }

  #makeEnviron(): Environ {
    const { request } = this;
    const { scheme, serverName, port, host } = this.#origin;
    const facts = {
      method: request.method,
      path: this.#path,
      query: this.#query,
      serverName,
      serverPort: port,
      protocol: 'HTTP/1.1',
      scheme,
    };
    const environ = createEnviron(facts, this.transport, this.#defaults);
    environ.HTTP_HOST = host;
    request.headers.forEach((value, header) => {
      const name = cgiName(header);
      if (name !== undefined) environ[name] = toBytes(value);
    });
    // On Deno, the URL has the host of the request target if the target is a URL. This host has priority over the
    // header (RFC 9112, section 3.2.2).
    if (isDeno && isHost(environ.HTTP_HOST)) environ.HTTP_HOST = host;
    // The length of the body is unknown, so the environ must show in another way that there is a body.
    const mayHaveBody = request.method !== 'GET' && request.method !== 'HEAD';
    if (mayHaveBody && environ.CONTENT_LENGTH === undefined && request.body !== null)
      environ.HTTP_TRANSFER_ENCODING = 'chunked';
    return Object.assign(environ, this.additions);
  }
}
