import { LightHeaders } from '../../web/response/light-headers.ts';
import type { LightContent } from '../../web/response/light-response.ts';
import { headersOf, openLight } from '../../web/response/opened-response.ts';
import { isBun, isDeno } from '../../web/runtime.ts';
import { HOP_BY_HOP } from '../../wsgi/connection-headers.ts';
import { encodeText } from '../../wsgi/text-body.ts';
import type { Header } from '../../wsgi/types.ts';
import { fromBytes } from './header-text.ts';

/** A status without a body that the Response class also treats so. */
export const RESET_CONTENT = 205;

/** Headers that the server controls, or that have a meaning for the runtime. */
const NOT_PLAIN: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  'content-length',
  'content-encoding',
  'trailer',
]);

export interface ResponseHead {
  readonly status: number;
  readonly statusText: string;
  readonly headers: [string, string][];
  /** Otherwise Workers would encode a body with a Content-Encoding again. */
  readonly encodeBody: 'manual';
}

/** A complete body. */
export type Whole = Uint8Array<ArrayBuffer> | string | undefined;

export function responseHead(status: number, statusText: string, given: readonly Header[]): ResponseHead {
  const pairs = fromBytes(given);
  const headers = status === RESET_CONTENT ? pairs.filter(isNoLength) : pairs;
  return { status, statusText, headers, encodeBody: 'manual' };
}

/** The Response to a GET request from the content of a `LightResponse`. */
export function lightResponse(light: LightContent): Response {
  const headers = plainHeaders(light);
  if (headers !== undefined) return withHeaders(light.content as Whole, headers);
  const opened = openLight(light);
  const { status, statusText, first } = opened;
  const isKnown = status === 200 && opened.headers.every(isNoLength);
  const head = responseHead(status, statusText, isKnown ? opened.headers : headersOf(opened, 'GET'));
  return wholeResponse(head, first as Whole);
}

/**
 * Makes the Response with one header, and sets the others after that. On Deno 2.9, a list of three headers takes 3 µs,
 * and setting them takes 0.7 µs.
 */
function withHeaders(body: Whole, pairs: [string, string][]): Response {
  if (pairs.length === 1) return new Response(body, { headers: pairs });
  const response = new Response(body);
  const { headers } = response;
  for (const [name, value] of pairs) {
    if (name === 'set-cookie') headers.append(name, value);
    else headers.set(name, value);
  }
  return response;
}

/**
 * Headers with which the runtime can use the content unchanged; undefined if there are others. The runtime then encodes
 * the text and determines the length. On Deno, one header costs as much as everything else here.
 */
function plainHeaders({ content, headers, type, status }: LightContent): [string, string][] | undefined {
  if (status !== 200 || content === null) return undefined;
  if (headers === undefined) return type === undefined ? undefined : [['content-type', type]];
  const pairs = LightHeaders.peek(headers);
  let hasType = false;
  for (const [name] of pairs ?? []) {
    if (name === 'content-type') hasType = true;
    else if (NOT_PLAIN.has(name)) return undefined;
  }
  return hasType ? pairs : undefined;
}

export function wholeResponse(head: ResponseHead, body: Whole): Response {
  if (body === undefined || head.status === RESET_CONTENT) return new Response(null, head);
  if (!head.headers.some(isType)) return new Response(untyped(body), head);
  if (!isDeno) return new Response(body, head);
  // Deno adds this header by itself, and setting a header is slow there (`bench/runtimes.js`).
  const length = String(body.length);
  const headers = head.headers.filter((header) => isNoLength(header) || header[1] !== length);
  return new Response(body, { ...head, headers });
}

/**
 * Removes the Content-Type that a runtime adds. Every runtime adds one to a text, Bun also to bytes, and none to a
 * stream.
 */
function untyped(
  body: Uint8Array<ArrayBuffer> | string,
): Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>> {
  const block = typeof body === 'string' ? (encodeText(body) as Uint8Array<ArrayBuffer>) : body;
  if (!isBun) return block;
  return new ReadableStream({
    start(controller) {
      controller.enqueue(block);
      controller.close();
    },
  });
}

function isType([name]: Header): boolean {
  return isName(name, 'content-type');
}

export function isNoLength([name]: Header): boolean {
  return !isName(name, 'content-length');
}

/** The length is compared first: converting each name to lower case would cost more than everything else here. */
function isName(name: string, lower: string): boolean {
  return name.length === lower.length && name.toLowerCase() === lower;
}
