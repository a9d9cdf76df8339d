import type { IncomingMessage } from 'node:http';
import type { HttpServerOptions } from './http-options.ts';
import { HttpRefusal } from './http-refusal.ts';

/** What a request may measure, `Infinity` for no limit. */
export interface RequestLimits {
  readonly line: number;
  readonly fields: number;
  readonly fieldSize: number;
  readonly body: number;
}

/** The space around the target and the version, in a request line. */
const BYTES_AROUND_TARGET = '  HTTP/1.1'.length;
const MAX_PARSER_BYTES = 2 ** 30;

export function requestLimits({
  limitRequestLine = 4094,
  limitRequestFields = 100,
  limitRequestFieldSize = 8190,
  limitRequestBody = 0,
}: HttpServerOptions): RequestLimits {
  return {
    line: limitRequestLine || Number.POSITIVE_INFINITY,
    fields: limitRequestFields || Number.POSITIVE_INFINITY,
    fieldSize: limitRequestFieldSize || Number.POSITIVE_INFINITY,
    body: limitRequestBody || Number.POSITIVE_INFINITY,
  };
}

/** Where Node's parser is to give up: behind all that the limits let pass, so that the refusal can name the limit. */
export function parserLimit({ line, fields, fieldSize }: RequestLimits): number {
  return Math.min(MAX_PARSER_BYTES, 2 * line + (fields + 1) * (fieldSize + 2));
}

/** @throws {HttpRefusal} for a request line that is too long, and for too many fields. */
export function checkHeadSize({ method, url, rawHeaders }: IncomingMessage, limits: RequestLimits): void {
  if (method!.length + url!.length + BYTES_AROUND_TARGET > limits.line) {
    throw new HttpRefusal(414, `The request line is longer than ${limits.line} bytes.`);
  }
  if (rawHeaders.length > limits.fields * 2) {
    throw new HttpRefusal(431, `The request has more than ${limits.fields} header fields.`);
  }
}

/** Whether a header is too large, measured as it is sent: `name: value` and the end of the line. */
export function isFieldTooLarge(name: string, value: string, { fieldSize }: RequestLimits): boolean {
  return name.length + value.length + 4 > fieldSize;
}

/** @throws {HttpRefusal} for a body that will be too large, by its Content-Length. */
export function checkContentLength(length: string | undefined, limits: RequestLimits): void {
  if (length !== undefined && Number(length) > limits.body) throw bodyTooLarge(limits);
}

export function bodyTooLarge({ body }: RequestLimits): HttpRefusal {
  return new HttpRefusal(413, `The request body is larger than ${body} bytes.`);
}
