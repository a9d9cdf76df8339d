import { type IncomingMessage, maxHeaderSize } from 'node:http';
import { HttpRefusal } from './refusal.ts';

/**
 * How large a request may be. The commands have the same options as flags: `--limit-request-line`.
 *
 * @example
 * import type { ServeOptions } from 'startproject/server';
 *
 * export const limits: ServeOptions = { limitRequestLine: 4_096, limitRequestBody: 10_000_000 };
 */
export interface RequestLimitOptions {
  /**
   * The longest request line in bytes, 0 for any. A longer one is refused with 414.
   * @default 8190, or Node's `--max-http-header-size` if that is set and larger
   */
  readonly limitRequestLine?: number | undefined;
  /** The most header fields, 0 for any number. More are refused with 431. @default 100 */
  readonly limitRequestFields?: number | undefined;
  /**
   * The largest header field in bytes, name and value, 0 for any. A larger one is refused with 431.
   * @default 16384, or Node's `--max-http-header-size` if that is set and larger
   */
  readonly limitRequestFieldSize?: number | undefined;
  /**
   * The largest head in bytes, the request line and all fields, 0 for any. A larger one is refused with 431.
   * @default 65536, or Node's `--max-http-header-size` if that is set and larger; and as much more as the limits of the
   * request line and of a field were raised
   */
  readonly limitRequestHead?: number | undefined;
  /** The largest request body in bytes, 0 for any. A larger one is refused with 413. @default 0 */
  readonly limitRequestBody?: number | undefined;
}

/** What a request may measure, `Infinity` for no limit. */
export interface RequestLimits {
  readonly line: number;
  readonly fields: number;
  readonly fieldSize: number;
  readonly head: number;
  readonly body: number;
}

/** What Node takes without its flag. */
const NODE_HEAD_SIZE = 16 * 1024;
/** The space around the target and the version, in a request line. */
const BYTES_AROUND_TARGET = '  HTTP/1.1'.length;
const LINE_END = 2;
const MAX_PARSER_BYTES = 2 ** 30;
/** How much larger than its limit a head may be, and still get a refusal that says what exactly was too large. */
const PARSER_MARGIN = 4;

/** @param nodeLimit what Node's command line or NODE_OPTIONS allow for a head */
export function requestLimits(options: RequestLimitOptions, nodeLimit = maxHeaderSize): RequestLimits {
  const flag = nodeLimit > NODE_HEAD_SIZE ? nodeLimit : 0;
  const defaults = { line: Math.max(8190, flag), fieldSize: Math.max(16_384, flag) };
  const line = limit(options.limitRequestLine, defaults.line);
  const fieldSize = limit(options.limitRequestFieldSize, defaults.fieldSize);
  const raisedBy = Math.max(0, line - defaults.line) + Math.max(0, fieldSize - defaults.fieldSize);
  return {
    line,
    fields: limit(options.limitRequestFields, 100),
    fieldSize,
    head: limit(options.limitRequestHead, Math.max(65_536, flag) + raisedBy),
    body: limit(options.limitRequestBody, 0),
  };
}

function limit(option: number | undefined, byDefault: number): number {
  return (option ?? byDefault) || Number.POSITIVE_INFINITY;
}

/** Where Node's parser is to give up: behind all that the limits let pass, so that the refusal can name the limit. */
export function parserLimit({ head }: RequestLimits): number {
  return Math.min(MAX_PARSER_BYTES, PARSER_MARGIN * head);
}

/**
 * Checks the request line and the number of fields.
 *
 * @returns the bytes of the head without its fields
 * @throws {HttpRefusal}
 */
export function checkRequestLine(request: IncomingMessage, { line, fields }: RequestLimits): number {
  const { method, url, rawHeaders } = request;
  const length = method!.length + url!.length + BYTES_AROUND_TARGET;
  if (length > line) throw tooLarge(414, `The request line is longer than ${line} bytes`, 'line');
  if (rawHeaders.length > fields * 2) {
    throw tooLarge(431, `The request has more than ${fields} header fields`, 'fields');
  }
  return length + 2 * LINE_END;
}

/** What a header measures as it is sent: `name: value` and the end of the line. */
export function fieldSizeOf(name: string, value: string): number {
  return name.length + value.length + 2 + LINE_END;
}

/** @throws {HttpRefusal} for a field that is too large. */
export function checkFieldSize(name: string, size: number, { fieldSize }: RequestLimits): void {
  if (size <= fieldSize) return;
  throw tooLarge(431, `The header ${name.slice(0, 50)} is larger than ${fieldSize} bytes`, 'fieldSize');
}

/** @throws {HttpRefusal} for a head that is too large. */
export function checkHeadSize(size: number, limits: RequestLimits): void {
  if (size > limits.head) throw headTooLarge(limits);
}

export function headTooLarge({ head }: RequestLimits): HttpRefusal {
  return tooLarge(431, `The head of the request is larger than ${head} bytes`, 'head');
}

/** @throws {HttpRefusal} for a body that will be too large, by its Content-Length. */
export function checkContentLength(length: string | undefined, limits: RequestLimits): void {
  if (length !== undefined && Number(length) > limits.body) throw bodyTooLarge(limits);
}

export function bodyTooLarge({ body }: RequestLimits): HttpRefusal {
  return tooLarge(413, `The request body is larger than ${body} bytes`, 'body');
}

const OPTIONS: Readonly<Record<keyof RequestLimits, string>> = {
  line: 'limitRequestLine, on the command line --limit-request-line',
  fields: 'limitRequestFields, on the command line --limit-request-fields',
  fieldSize: 'limitRequestFieldSize, on the command line --limit-request-field-size',
  head: 'limitRequestHead, on the command line --limit-request-head',
  body: 'limitRequestBody',
};

function tooLarge(status: number, message: string, name: keyof RequestLimits): HttpRefusal {
  return new HttpRefusal(status, `${message}. The limit is the server's option ${OPTIONS[name]}.`);
}
