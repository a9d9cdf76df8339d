import type { IncomingMessage } from 'node:http';
import type { RequestLimits } from '../../request-limits.ts';
import { HttpRefusal } from './refusal.ts';

/** The length of a request line apart from its method and target. */
const BYTES_AROUND_TARGET = '  HTTP/1.1'.length;
const LINE_END = 2;
const MAX_PARSER_BYTES = 2 ** 30;
/** A head up to this many times its limit still gets a refusal that names the exceeded limit. */
const PARSER_MARGIN = 4;

/**
 * The size at which Node's parser refuses a head. It is larger than all limits together, so that the refusal can name
 * the exceeded limit.
 */
export function parserLimit({ head }: RequestLimits): number {
  return Math.min(MAX_PARSER_BYTES, PARSER_MARGIN * head);
}

/**
 * Checks the request line and the number of header fields.
 *
 * @returns the size of the head without its fields
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

/** The size of a header as it was sent: `name: value` and the end of the line. */
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

/** @throws {HttpRefusal} if the body will be too large according to its Content-Length. */
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

/** The refusal of a request that exceeds an option of the server. */
export function tooLarge(status: number, message: string, name: keyof RequestLimits): HttpRefusal {
  return new HttpRefusal(status, `${message}. The limit is the server's option ${OPTIONS[name]}.`);
}
