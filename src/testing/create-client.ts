import { toFetch } from '../adapters/fetch/index.ts';
import { checkOptions } from '../handler/check-options.ts';
import { gotRequestException } from '../handler/signals.ts';
import type { WSGIApplication } from '../wsgi/types.ts';
import { CookieJar } from './cookie-jar.ts';
import { buildTestRequest, type TestRequestOptions } from './request-options.ts';

/**
 * The options of `createClient()`.
 *
 * @example
 * import type { TestClientOptions } from 'startproject/test';
 *
 * export const options: TestClientOptions = { baseUrl: 'https://example.com/', follow: false };
 */
export interface TestClientOptions {
  /** The scheme and host of the site. ALLOWED_HOSTS must allow the host. @default 'http://localhost/' */
  readonly baseUrl?: string;
  /** Whether redirects within the site are followed. @default true */
  readonly follow?: boolean;
  /** Whether the request throws the error of a view or middleware. Otherwise the response is 500. @default true */
  readonly raise?: boolean;
  /** Sent with each request. @default none */
  readonly headers?: Readonly<Record<string, string>>;
}

/** More redirects are a loop. Browsers have the same limit. */
const MOST_REDIRECTS = 20;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MARK = 'startproject.test';

/** Sends requests to a site without a socket, and keeps cookies as a browser does. Made by `createClient()`. */
export class TestClient {
  /** The cookies that the site has set, with `set()` and `clear()` for tests. */
  readonly cookies = new CookieJar();
  readonly #application: WSGIApplication;
  readonly #options: TestClientOptions;
  readonly #base: URL;

  constructor(application: WSGIApplication, options: TestClientOptions) {
    this.#application = application;
    this.#options = options;
    this.#base = new URL(options.baseUrl ?? 'http://localhost/');
  }

  get(url: string, options?: TestRequestOptions): Promise<Response> {
    return this.request('GET', url, options);
  }

  head(url: string, options?: TestRequestOptions): Promise<Response> {
    return this.request('HEAD', url, options);
  }

  post(url: string, options?: TestRequestOptions): Promise<Response> {
    return this.request('POST', url, options);
  }

  put(url: string, options?: TestRequestOptions): Promise<Response> {
    return this.request('PUT', url, options);
  }

  patch(url: string, options?: TestRequestOptions): Promise<Response> {
    return this.request('PATCH', url, options);
  }

  delete(url: string, options?: TestRequestOptions): Promise<Response> {
    return this.request('DELETE', url, options);
  }

  /** A request with any method. @throws what the application throws, and a `TypeError` for more than one body. */
  async request(method: string, url: string, options: TestRequestOptions = {}): Promise<Response> {
    const { follow = this.#options.follow ?? true } = options;
    let request = buildTestRequest(method, new URL(url, this.#base), options);
    for (let redirects = 0; ; redirects++) {
      const again = follow && request.body !== null ? request.clone() : request;
      const response = await this.#send(request);
      const target = follow ? this.#redirectTarget(response, request) : undefined;
      if (target === undefined) return response;
      if (redirects === MOST_REDIRECTS) {
        throw new Error(
          `${method} ${url} was redirected more than ${MOST_REDIRECTS} times, last to ${target.href}.`,
        );
      }
      await response.body?.cancel();
      request = redirected(again, target, response.status);
    }
  }

  async #send(request: Request): Promise<Response> {
    const url = new URL(request.url);
    for (const [name, value] of Object.entries(this.#options.headers ?? {})) {
      if (!request.headers.has(name)) request.headers.set(name, value);
    }
    const cookie = this.cookies.headerFor(url);
    if (cookie !== undefined && !request.headers.has('cookie')) request.headers.set('cookie', cookie);
    const errors: unknown[] = [];
    const note = (error: unknown) => void errors.push(error);
    const mark = Symbol(request.url);
    const { raise = true } = this.#options;
    const stop = raise
      ? gotRequestException.connect(({ environ, error }) => {
          if (environ[MARK] === mark) note(error);
        })
      : () => {};
    try {
      const fetchSite = toFetch(this.#application, {
        environ: () => ({ REMOTE_ADDR: '127.0.0.1', [MARK]: mark, ...(raise && { 'wsgi.errors': SILENT }) }),
        ...(raise && { onError: note }),
      });
      const response = await fetchSite(request);
      if (errors.length > 0) {
        await response.body?.cancel();
        throw errors[0];
      }
      for (const line of response.headers.getSetCookie()) this.cookies.store(line, url);
      return Object.defineProperty(response, 'url', { value: request.url });
    } finally {
      stop();
    }
  }

  /** Other sites are not asked: the redirect itself is the response then. */
  #redirectTarget(response: Response, request: Request): URL | undefined {
    const location = response.headers.get('location');
    if (location === null || !REDIRECTS.has(response.status)) return undefined;
    const target = new URL(location, request.url);
    return target.host === new URL(request.url).host ? target : undefined;
  }
}

/** The error is thrown, so it is not printed. */
const SILENT = { write() {}, writelines() {}, flush() {} };

/** As browsers do it: a form is sent once. @see https://fetch.spec.whatwg.org/#http-redirect-fetch */
function redirected(request: Request, target: URL, status: number): Request {
  const isRepeated =
    status === 307 || status === 308 || request.method === 'GET' || request.method === 'HEAD';
  const headers = new Headers(request.headers);
  headers.delete('cookie');
  if (isRepeated) {
    return new Request(target, {
      method: request.method,
      headers,
      body: request.body,
      duplex: 'half',
    } as RequestInit);
  }
  for (const name of ['content-type', 'content-length']) headers.delete(name);
  return new Request(target, { headers });
}

/**
 * A client for tests: it calls the application in this process, keeps cookies, follows redirects, and throws what a view throws.
 *
 * @throws {TypeError} for options that it does not have.
 *
 * @example
 * import { createClient } from 'startproject/test';
 * import { application } from './mysite/wsgi.ts';
 *
 * const client = createClient(application);
 * const response = await client.get('/');
 * console.log(response.status, await response.text());
 *
 * await client.post('/login/', { form: { name: 'Ada' } }); // its cookies are sent from here on
 */
export function createClient(application: WSGIApplication, options: TestClientOptions = {}): TestClient {
  const rules = { baseUrl: 'text', follow: 'anything', raise: 'anything', headers: 'object' } as const;
  checkOptions('createClient()', rules, [options], "{ baseUrl: 'http://localhost/' }");
  return new TestClient(application, options);
}
