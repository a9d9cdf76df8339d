import { BoundedMap } from '../bounded-map.ts';
import { HOP_BY_HOP } from '../connection-headers.ts';
import { describe, quoteText, WSGIError } from '../errors.ts';
import type { Header } from '../types.ts';

/** The checked arguments of `startResponse()`. */
export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly Header[];
  /** The Content-Length that the application set. */
  readonly contentLength: number | undefined;
}

const SECTION = 'The start_response() Callable';
const STATUS = /^[1-9]\d\d [\x20-\x7e\x80-\xff]*$/;
const TOKEN = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
const FORBIDDEN_IN_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

interface StatusLine {
  readonly status: number;
  readonly reason: string;
}
type NameKind = 'ordinary' | 'content-length' | 'trailer';

// Applications repeat a few status lines and names, so results of the checks are cached.
const CACHE_SIZE = 256;
const statusLines = new BoundedMap<string, StatusLine>(CACHE_SIZE);
const nameKinds = new BoundedMap<string, NameKind>(CACHE_SIZE);

/** Checks the status and the headers of a response. */
export function parseHead(statusLine: string, headers: readonly Header[]): ResponseHead {
  const { status, reason } = statusLines.get(statusLine) ?? parseStatus(statusLine);
  if (!Array.isArray(headers)) {
    throw new WSGIError(
      `startResponse() takes the headers as an array of [name, value] pairs, and got ${describe(headers)}. ` +
        'Pass [["Content-Type", "text/html"]]; for an object use Object.entries().',
      SECTION,
    );
  }
  let contentLength: number | undefined;
  let hasTrailer = false;
  for (const header of headers) {
    if (!Array.isArray(header) || header.length !== 2) throw notAPair(header);
    const kind = nameKinds.get(header[0]) ?? checkName(header[0]);
    if (typeof header[1] !== 'string' || FORBIDDEN_IN_VALUE.test(header[1]))
      throw badValue(header[0], header[1]);
    if (kind === 'content-length') contentLength = parseContentLength(header[1], contentLength);
    else if (kind === 'trailer') hasTrailer = true;
  }
  return { status, reason, headers: hasTrailer ? headers.filter(isNoTrailer) : headers, contentLength };
}

function parseStatus(statusLine: unknown): StatusLine {
  if (typeof statusLine !== 'string' || !STATUS.test(statusLine)) {
    throw new WSGIError(
      'A status is three digits, a space and a reason in latin-1 without control characters: "200 OK". ' +
        `startResponse() got ${describe(statusLine)}.`,
      SECTION,
    );
  }
  const parsed = { status: Number(statusLine.slice(0, 3)), reason: statusLine.slice(4) };
  statusLines.set(statusLine, parsed);
  return parsed;
}

function checkName(name: unknown): NameKind {
  if (typeof name !== 'string' || !TOKEN.test(name)) {
    throw new WSGIError(
      `A header's name is made of letters, digits and hyphens, but startResponse() got ${describe(name)}.`,
      SECTION,
    );
  }
  const lower = name.toLowerCase();
  if (lower === 'status') {
    throw new WSGIError(
      'The status is the first argument of startResponse(). Take the header "Status" out.',
      SECTION,
    );
  }
  if (HOP_BY_HOP.has(lower)) {
    throw new WSGIError(
      `The header ${quoteText(name)} belongs to the connection, and so to the server. Leave it out.`,
      'Other HTTP Features',
    );
  }
  const kind = lower === 'content-length' || lower === 'trailer' ? lower : 'ordinary';
  nameKinds.set(name, kind);
  return kind;
}

/** A Trailer header announces trailers, which WSGI cannot send. */
function isNoTrailer([name]: Header): boolean {
  return name.toLowerCase() !== 'trailer';
}

function parseContentLength(value: string, before: number | undefined): number {
  if (before !== undefined) {
    throw new WSGIError('Content-Length was given twice. Keep one.', 'Handling the Content-Length Header');
  }
  const length = Number(value);
  if (!/^\d+$/.test(value) || !Number.isSafeInteger(length)) {
    throw new WSGIError(
      `Content-Length is a whole number of bytes, but startResponse() got ${quoteText(value)}.`,
      'Handling the Content-Length Header',
    );
  }
  return length;
}

function notAPair(header: unknown): WSGIError {
  return new WSGIError(
    `A header is a pair, ["Content-Type", "text/html"], but startResponse() got ${describe(header)}.`,
    SECTION,
  );
}

function badValue(name: string, value: unknown): WSGIError {
  const found = `The header ${quoteText(name)} has ${describe(value)} as its value.`;
  const advice = 'Encode what comes from users, with encodeURIComponent() for one.';
  return new WSGIError(
    typeof value === 'string'
      ? `A header's value is latin-1 without control characters, so that it cannot contain another header. ${found} ${advice}`
      : `A header's value is a string. ${found} Use String().`,
    SECTION,
  );
}
