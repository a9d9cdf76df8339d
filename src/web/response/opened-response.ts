import { isLengthless } from '../../wsgi/bodyless-status.ts';
import type { Client } from '../../wsgi/environ/client-presence.ts';
import { encodeText, isAscii, TextBody } from '../../wsgi/text-body.ts';
import type { Header, WSGIResponse } from '../../wsgi/types.ts';
import { BodyReader, EMPTY_BODY } from './body-reader.ts';
import { isDecodedByFetch, isEncoded } from './content-coding.ts';
import { type LightContent, LightResponse } from './light-response.ts';
import { headerValue, responseHeaders, withoutHeaders } from './response-headers.ts';

/** A response whose first block has been read, so that a body that fails at once can still become an error page. */
export class OpenedResponse {
  readonly status: number;
  readonly statusText: string;
  /** The names are in lower case. */
  readonly headers: Header[];
  /** A text is ASCII, and the whole body. */
  readonly first: Uint8Array | string | undefined;
  readonly rest: BodyReader | undefined;

  /** @param rest Reads the blocks after the first one; undefined if the body is known to end there. */
  constructor(
    status: number,
    statusText: string,
    headers: Header[],
    first: Uint8Array | string | undefined,
    rest?: BodyReader,
  ) {
    this.status = status;
    this.statusText = statusText;
    this.headers = headers;
    this.first = first;
    this.rest = rest;
  }
}

/**
 * @param client Its disconnect ends the body before the first block, while there is no iterable that could be closed.
 * @throws the error of the body's first block, or the reason of the disconnect.
 */
export function openResponse(
  response: Response,
  client?: Client | undefined,
): OpenedResponse | Promise<OpenedResponse> {
  return openAtOnce(response) ?? openBody(response, readerOf(response), client);
}

/**
 * Opens a response of `startproject/http` whose content is in memory. Undefined for every other response, which stays
 * unread.
 */
export function openAtOnce(response: Response): OpenedResponse | undefined {
  const light = LightResponse.take(response);
  return light && openLight(light);
}

export function openLight({ content, headers, type, status }: LightContent): OpenedResponse {
  const pairs = headers === undefined ? [] : responseHeaders(headers);
  if (type !== undefined) pairs.push(['content-type', type]);
  const first =
    typeof content === 'string' && !isAscii(content) ? encodeText(content) : (content ?? undefined);
  return new OpenedResponse(status, '', pairs, first);
}

/** Undefined if there is no body. */
export function readerOf(response: Response): BodyReader | undefined {
  const body = LightResponse.takeBody(response);
  return body === null || body === undefined ? undefined : new BodyReader(body);
}

/** As `openResponse()`, for a body that the caller may leave unread. */
export async function openBody(
  response: Response,
  reader: BodyReader | undefined,
  client?: Client | undefined,
): Promise<OpenedResponse> {
  const { status, statusText } = response;
  const headers = responseHeaders(response.headers);
  const { first, isWhole } = reader === undefined ? EMPTY_BODY : await reader.begin(client);
  const isFetched = LightResponse.isFetched(response);
  const encoding = headerValue(headers, 'content-encoding');
  const isTrue =
    encoding === undefined ||
    (hasRoom(headers, first) && isTrueEncoding(encoding, isFetched, first, isWhole));
  const trueHeaders = isTrue ? headers : withoutHeaders(headers, 'content-encoding', 'content-length');
  return new OpenedResponse(status, statusText, trueHeaders, first, isWhole ? undefined : reader);
}

/**
 * Whether Content-Encoding is correct. `fetch()` decodes a body and keeps the header, and so does a Response made from
 * that body and headers.
 */
function isTrueEncoding(
  encoding: string,
  isFetched: boolean,
  first: Uint8Array | undefined,
  isWhole: boolean,
): boolean {
  if (isFetched && isDecodedByFetch(encoding)) return false;
  return first === undefined || isEncoded(encoding, first, isWhole);
}

/** Whether the declared length of a body allows this block. */
function hasRoom(headers: readonly Header[], block: Uint8Array | undefined): boolean {
  const length = headerValue(headers, 'content-length');
  return length === undefined || block === undefined || block.length <= Number(length);
}

/** The headers of the response, with the length of its body if it is known. */
export function headersOf(
  { status, headers, first, rest }: OpenedResponse,
  method: string,
): readonly Header[] {
  // Responses with these statuses have no content, and no length or type of it (RFC 9110, sections 8.6 and 15.4.5).
  if (isLengthless(status)) return withoutHeaders(headers, 'content-length', 'content-type');
  if (status === 304) return withoutHeaders(headers, 'content-type');
  const isKnown = rest === undefined && (first !== undefined || method !== 'HEAD');
  if (!isKnown) return headers;
  const length: Header = ['content-length', String(first?.length ?? 0)];
  for (let i = 0; i < headers.length; i++) {
    if (headers[i]![0] !== 'content-length') continue;
    headers[i] = length;
    return headers;
  }
  headers.push(length);
  return headers;
}

/** The iterable of a body that is completely in memory. */
export function wholeBody(body: Uint8Array | string | undefined): WSGIResponse {
  if (typeof body === 'string') return new TextBody(body);
  return body === undefined ? [] : [body];
}
