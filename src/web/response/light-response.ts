import { isBodyless } from '../../wsgi/bodyless-status.ts';
import { isPromiseLike } from '../../wsgi/errors.ts';
import { replaceHeaders } from '../replace-headers.ts';
import { isBun, isDeno } from '../runtime.ts';
import { blocksOf } from './block-source.ts';
import { streamOf } from './block-stream.ts';
import { announceMembers, delegateMembers } from './delegate-members.ts';
import { LightHeaders } from './light-headers.ts';
import { markDelegating, nativeResponse } from './native-response.ts';

const setUp: { isDone?: true } = {};
/** Members of every runtime's class. They are added to this class when they are first read. */
const GETTERS = ['body', 'bodyUsed', 'redirected', 'type', 'url'];
const METHODS = ['arrayBuffer', 'blob', 'clone', 'formData', 'json', 'text'];
const TEXT = 'text/plain;charset=UTF-8';
const JSON_TYPE = 'application/json';
const REDIRECT_STATUSES = new Set([301, 302, 303, 307, 308]);

type Whole = string | Uint8Array;
type Content = Whole | AsyncIterable<unknown>;
type BodyInit = ConstructorParameters<typeof globalThis.Response>[0];

/** A response whose whole content is in memory. */
export interface LightContent {
  readonly content: Whole | null;
  /** Undefined if the only header is the content type. */
  readonly headers: Headers | undefined;
  readonly type: string | undefined;
  readonly status: number;
}

/** What `startproject/http` exports as `Response`. */
export class LightResponse {
  /** The name in error messages of any code. */
  static readonly name = 'Response';
  #content: Content | null = null;
  #status = 200;
  #type: string | undefined;
  #headers: Headers | undefined;
  #real: Response | undefined;
  #isSent = false;
  #isPassedOn = false;

  static [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: each derived class has its own instances.
    if (this === LightResponse) return value instanceof nativeResponse();
    // biome-ignore lint/complexity/noThisInStatic: as above.
    return Function.prototype[Symbol.hasInstance].call(this, value);
  }

  static json(data: unknown, init?: ResponseInit): Response {
    const text = JSON.stringify(data);
    const isLight = typeof text === 'string' && (init === undefined || isPlain(init));
    if (!isLight) return nativeResponse().json(data, init);
    if (init === undefined) {
      const response = new LightResponse(text);
      response.#type = JSON_TYPE;
      return response as unknown as Response;
    }
    const { status, statusText } = init;
    const headers = LightHeaders.create(init.headers);
    if (!headers.has('content-type')) headers.set('content-type', JSON_TYPE);
    return new LightResponse(text, { status, statusText, headers }) as unknown as Response;
  }

  static error(): Response {
    return nativeResponse().error();
  }

  static redirect(...args: Parameters<typeof globalThis.Response.redirect>): Response {
    return nativeResponse().redirect(...args);
  }

  static isOne(value: unknown): value is Response {
    return typeof value === 'object' && value !== null && #real in value;
  }

  /** Takes the content for sending, once. Undefined if the response must be read in the same way as any Response. */
  static take(response: Response): LightContent | undefined {
    if (!(#real in response) || response.#real !== undefined) return undefined;
    const content = response.#content;
    if (!isWhole(content)) return undefined;
    response.#isSent = true;
    return { content, headers: response.#headers, type: response.#type, status: response.#status };
  }

  /** Takes the source of the blocks, once: the stream that the response was made of, or its body. */
  static takeBody(response: Response): AsyncIterable<unknown> | ReadableStream | null {
    if (!(#real in response) || response.#real !== undefined) return response.body;
    response.#isSent = true;
    const content = response.#content;
    return isWhole(content) ? response.body : content;
  }

  /** Whether a Response was already sent or read. */
  static isSpent(response: Response): boolean {
    if (!(#real in response)) return isRead(response);
    return response.#isSent || (response.#real !== undefined && isRead(response.#real));
  }

  /** Whether a Response comes from `fetch()`, or has the body and headers of such a Response. */
  static isFetched(response: Response): boolean {
    if (!(#real in response)) return isFetched(response);
    return response.#isPassedOn;
  }

  /** Returns a Response whose headers middleware can change. Headers from `fetch()` and of redirects are immutable. */
  static changeable(response: Response): Response {
    if (#real in response || !(isFetched(response) || REDIRECT_STATUSES.has(response.status)))
      return response;
    return new LightResponse(response.body, response) as unknown as Response;
  }

  static #join({ prototype }: typeof globalThis.Response): void {
    if (setUp.isDone) return;
    setUp.isDone = true;
    delegateMembers(LightResponse.prototype, prototype, (one: object) =>
      #real in one ? one.#become() : one,
    );
  }

  static {
    markDelegating(LightResponse);
    // Some libraries derive their own Response from the members of the global class, which a site may have replaced by
    // this one.
    announceMembers(LightResponse.prototype, { getters: GETTERS, methods: METHODS }, () =>
      LightResponse.#join(nativeResponse()),
    );
  }

  constructor(body: BodyInit | AsyncIterable<unknown> = null, init: ResponseInit = {}) {
    // Not at import time: the first access to Response makes Node load the class (`bench/first-use.js`).
    if (!setUp.isDone) LightResponse.#join(nativeResponse());
    const status = init?.status ?? 200;
    const isLight =
      isContent(body) && isPlain(init) && !(body !== null && (isBodyless(status) || status === 205));
    if (!isLight) {
      // The global class would send the text '[object Promise]'.
      if (isPromiseLike(body))
        throw new TypeError('The body of a Response is a Promise. Write: new Response(await …)');
      this.#real = new (nativeResponse())(body as BodyInit, init);
      this.#isPassedOn = isPassedOn(body, init);
      return;
    }
    this.#content = body instanceof Uint8Array ? body.slice() : body;
    this.#status = status;
    if (typeof body === 'string') this.#type = TEXT;
    if (init.headers !== undefined) this.#headers = this.#typed(LightHeaders.create(init.headers));
  }

  get status(): number {
    return this.#real?.status ?? this.#status;
  }

  get statusText(): string {
    return this.#real?.statusText ?? '';
  }

  get ok(): boolean {
    return this.status >= 200 && this.status <= 299;
  }

  get headers(): Headers {
    if (this.#real !== undefined && this.#headers === undefined) return this.#real.headers;
    this.#headers ??= this.#typed(LightHeaders.create());
    return this.#headers;
  }

  /** Adds the content type, unless the headers have one. */
  #typed(headers: Headers): Headers {
    if (this.#type !== undefined && !headers.has('content-type')) headers.set('content-type', this.#type);
    this.#type = undefined;
    return headers;
  }

  /**
   * Creates the runtime's Response. Its headers are those that callers have already received, with all their changes.
   */
  #become(): Response {
    const { headers } = this;
    this.#real ??= new (nativeResponse())(this.#realBody(), { status: this.#status, headers });
    const ours = this.#real.headers;
    if (headers !== ours) replaceHeaders(ours, headers);
    return this.#real;
  }

  #realBody(): BodyInit {
    const content = this.#content;
    return isWhole(content) ? (content as BodyInit) : streamOf(blocksOf(content));
  }
}

function isWhole(content: Content | null): content is Whole | null {
  return typeof content === 'string' || content === null || content instanceof Uint8Array;
}

function isContent(body: unknown): body is Content | null {
  return isWhole(body as Content | null) || isSource(body);
}

/**
 * Whether a body is a Node stream, a generator or another iterable. A stream that was already read must be checked by
 * the runtime's Response.
 */
function isSource(body: unknown): body is AsyncIterable<unknown> {
  if (typeof body !== 'object' || body === null || !(Symbol.asyncIterator in body)) return false;
  const { getReader, readableDidRead } = body as { getReader?: unknown; readableDidRead?: boolean };
  return getReader === undefined && readableDidRead !== true;
}

/** Whether an init contains only values that do not need a check by the runtime's Response. */
function isPlain(init: unknown): init is ResponseInit {
  if (typeof init !== 'object' || init === null) return false;
  if ('body' in init) return false; // It is a Response, whose headers describe a body.
  const { status = 200, statusText = '' } = init as ResponseInit;
  return Number.isInteger(status) && status >= 200 && status <= 599 && statusText === '';
}

/** Whether it is `new Response(fetched.body, fetched)`. */
function isPassedOn(body: unknown, init: ResponseInit | Response | undefined): boolean {
  return init !== undefined && 'body' in init && init.body === body && isFetched(init);
}

/** Only Responses from `fetch()` have a URL. */
function isFetched({ url }: Response): boolean {
  return typeof url === 'string' && url !== '';
}

/**
 * Whether a Response was read. For classes of libraries with Node streams as bodies, only `bodyUsed` is reliable. On
 * Bun and Deno this also holds for the runtime's class: reading `body` creates a stream, and Deno 2.9 takes twice the
 * time to send a page as a stream.
 */
function isRead(response: Response): boolean {
  if ((isBun || isDeno) && response instanceof nativeResponse()) return response.bodyUsed;
  const { body, bodyUsed } = response;
  return body?.locked ?? bodyUsed ?? false;
}
