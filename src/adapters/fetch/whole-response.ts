import { headersOf, type OpenedResponse } from '../../web/response/opened-response.ts';
import { encodeText } from '../../wsgi/text-body.ts';
import type { Header } from '../../wsgi/types.ts';
import { fromBytes } from './header-text.ts';
import { isBun, isDeno } from './runtime.ts';

/** It has no body either, and a Response knows that. */
export const RESET_CONTENT = 205;

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

/** The Response to a GET request. */
export function openedResponse(opened: OpenedResponse): Response {
  const { status, statusText, headers, first } = opened;
  // The runtime knows the length by itself; on Deno, a header costs as much as all else here.
  const isPlain = status === 200 && headers.every(isNoLength);
  const head = responseHead(status, statusText, isPlain ? headers : headersOf(opened, 'GET'));
  return wholeResponse(head, first as Whole);
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
