import { LightHeaders } from '../../web/response/light-headers.ts';
import type { LightContent } from '../../web/response/light-response.ts';
import { headersOf, openLight } from '../../web/response/opened-response.ts';
import { isBun, isDeno } from '../../web/runtime.ts';
import { HOP_BY_HOP } from '../../wsgi/connection-headers.ts';
import { encodeText } from '../../wsgi/text-body.ts';
import type { Header } from '../../wsgi/types.ts';
import { fromBytes } from './header-text.ts';

/** It has no body either, and a Response knows that. */
export const RESET_CONTENT = 205;

/** What is the server's, or has a meaning for it. */
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
  /** Workers would encode what has a Content-Encoding once more. */
  readonly encodeBody: 'manual';
}

/** A body that is all there. */
export type Whole = Uint8Array<ArrayBuffer> | string | undefined;

export function responseHead(status: number, statusText: string, given: readonly Header[]): ResponseHead {
  const pairs = fromBytes(given);
  const headers = status === RESET_CONTENT ? pairs.filter(isNoLength) : pairs;
  return { status, statusText, headers, encodeBody: 'manual' };
}

/** The Response to a GET request for what there is to send of one of ours. */
export function lightResponse(light: LightContent): Response {
  const headers = plainHeaders(light);
  if (headers !== undefined) return withHeaders(light.content as Whole, headers);
  const opened = openLight(light);
  const { status, statusText, first } = opened;
  const isKnown = status === 200 && opened.headers.every(isNoLength);
  const head = responseHead(status, statusText, isKnown ? opened.headers : headersOf(opened, 'GET'));
  return wholeResponse(head, first as Whole);
}

/** One header and the body in one step, and others after it: Deno 2.9 takes 3 µs for a list of three, and 0.7 to set them. */
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
 * Headers that the runtime can take with the content as it is, undefined where there are others. It makes bytes of a text and
 * knows the length by itself: on Deno, a header costs as much as all else here.
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
  // Deno sends the header by itself, and takes long to receive one (`bench/runtimes.js`).
  const length = String(body.length);
  const headers = head.headers.filter((header) => isNoLength(header) || header[1] !== length);
  return new Response(body, { ...head, headers });
}

/** A text without a Content-Type gets one of the runtime's; so do bytes on Bun, and streams do not. */
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

/** The length first: to make a copy of each name in lower case costs more than all else here. */
function isName(name: string, lower: string): boolean {
  return name.length === lower.length && name.toLowerCase() === lower;
}
