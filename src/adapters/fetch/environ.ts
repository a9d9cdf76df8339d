import type { FetchedRequest } from '../../web/direct-answer.ts';
import { cgiName } from '../../wsgi/environ/cgi-names.ts';
import type { ByteSource } from '../../wsgi/environ/input.ts';
import { createEnviron, type EnvironDefaults, pathInfoOf } from '../../wsgi/environ/server-variables.ts';
import type { Environ } from '../../wsgi/types.ts';
import { toBytes } from './header-text.ts';

// By hand, since a URL object takes longer than all else here; a Request's URL is well-formed.
// Its scheme is in lower case, but for Deno, which hands on what a client has sent as the whole target.
const PARTS = /^(https?):\/\/([^/?#]*?)(?::(\d+))?(\/[^?#]*)?(?:\?([^#]*))?(?:#|$)/i;

/** A web-standard Request as WSGI has one: the parts of its URL, and the environ, which is made when it is read. */
export class RequestParts implements FetchedRequest {
  readonly request: Request;
  readonly serverName: string;
  readonly host: string;
  readonly #scheme: 'http' | 'https';
  readonly #port: string;
  readonly #path: string;
  readonly #query: string;
  readonly #source: ByteSource;
  readonly #defaults: EnvironDefaults;
  #environ: Environ | undefined;

  /** @throws {TypeError} for a URL that is not of HTTP. */
  constructor(request: Request, source: ByteSource, defaults: EnvironDefaults) {
    const parts = PARTS.exec(request.url);
    if (parts === null)
      throw new TypeError(`A request's URL is one of http or https, and this is ${request.url}.`);
    const [, schemeAsSent, host = '', port, path = '/', query = ''] = parts;
    this.request = request;
    this.serverName = host;
    this.host = port === undefined ? host : `${host}:${port}`;
    this.#scheme = schemeAsSent!.toLowerCase() as 'http' | 'https';
    this.#port = port ?? (this.#scheme === 'https' ? '443' : '80');
    this.#path = path;
    this.#query = query;
    this.#source = source;
    this.#defaults = defaults;
  }

  get pathInfo(): string {
    return pathInfoOf(this.#path);
  }

  get environ(): Environ {
    this.#environ ??= this.#makeEnviron();
    return this.#environ;
  }

  #makeEnviron(): Environ {
    const { request } = this;
    const facts = {
      method: request.method,
      path: this.#path,
      query: this.#query,
      serverName: this.serverName,
      serverPort: this.#port,
      protocol: 'HTTP/1.1',
      scheme: this.#scheme,
    };
    const environ = createEnviron(facts, this.#source, this.#defaults);
    environ.HTTP_HOST = this.host;
    request.headers.forEach((value, header) => {
      const name = cgiName(header);
      if (name !== undefined) environ[name] = toBytes(value);
    });
    // A body of unknown length: the application must see that there is one.
    const mayHaveBody = request.method !== 'GET' && request.method !== 'HEAD';
    if (mayHaveBody && environ.CONTENT_LENGTH === undefined && request.body !== null)
      environ.HTTP_TRANSFER_ENCODING = 'chunked';
    return environ;
  }
}
