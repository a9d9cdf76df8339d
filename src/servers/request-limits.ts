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
   * The maximum length of the request line in bytes; 0 means no limit. A longer one is refused with 414.
   * @default 8190, or Node's `--max-http-header-size` if that is set and larger
   */
  readonly limitRequestLine?: number | undefined;
  /** The maximum number of header fields; 0 means no limit. More fields are refused with 431. @default 100 */
  readonly limitRequestFields?: number | undefined;
  /**
   * The maximum size of a header field in bytes, name and value; 0 means no limit. A larger one is refused with 431.
   * @default 16384, or Node's `--max-http-header-size` if that is set and larger
   */
  readonly limitRequestFieldSize?: number | undefined;
  /**
   * The maximum size of the head in bytes, the request line and all fields; 0 means no limit. A larger one is refused
   * with 431.
   * @default 65536, or Node's `--max-http-header-size` if that is set and larger; increased by the same amount as the
   * limits of the request line and of a field
   */
  readonly limitRequestHead?: number | undefined;
  /** The maximum size of the request body in bytes; 0 means no limit. A larger one is refused with 413. @default 0 */
  readonly limitRequestBody?: number | undefined;
}

/** The limits of a request; `Infinity` means none. */
export interface RequestLimits {
  readonly line: number;
  readonly fields: number;
  readonly fieldSize: number;
  readonly head: number;
  readonly body: number;
}

/** The limit of Node without its flag. */
const NODE_HEAD_SIZE = 16 * 1024;
/** @param nodeLimit the limit for a head by Node's command line or NODE_OPTIONS */
export function requestLimits(options: RequestLimitOptions, nodeLimit = nodeHeadLimit()): RequestLimits {
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

/** Loads `node:http` only if the flag is set. */
function nodeHeadLimit(): number {
  const flags = [...process.execArgv, process.env.NODE_OPTIONS].join(' ');
  if (!/--max.http.header.size/.test(flags)) return NODE_HEAD_SIZE;
  return process.getBuiltinModule('node:http').maxHeaderSize;
}

function limit(option: number | undefined, byDefault: number): number {
  return (option ?? byDefault) || Number.POSITIVE_INFINITY;
}
