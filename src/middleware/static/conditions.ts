import type { Environ } from '../../wsgi/types.ts';

/** The validators of a file that conditional requests refer to. */
interface Validators {
  readonly etag: string;
  /** In whole seconds, as in the header. */
  readonly modifiedAt: number;
}

/** The first and the last byte of a range, both included. */
interface ByteRange {
  readonly start: number;
  readonly end: number;
}

const RANGE = /^bytes=(?:(\d+)-(\d*)|-(\d+))$/i;

/**
 * The status that the conditional headers of a request require, in their order of precedence; undefined if the file
 * must be sent.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-precedence-of-preconditions
 */
export function conditionalStatus(environ: Environ, { etag, modifiedAt }: Validators): 304 | 412 | undefined {
  const { HTTP_IF_MATCH: match, HTTP_IF_UNMODIFIED_SINCE: unmodified } = environ;
  const { HTTP_IF_NONE_MATCH: noneMatch, HTTP_IF_MODIFIED_SINCE: modified } = environ;
  if (match !== undefined) {
    if (!lists(match, etag, false)) return 412;
  } else if (unmodified !== undefined && modifiedAt > seconds(unmodified)) {
    return 412;
  }
  if (noneMatch !== undefined) return lists(noneMatch, etag, true) ? 304 : undefined;
  return modified !== undefined && modifiedAt <= seconds(modified) ? 304 : undefined;
}

/**
 * The requested range; undefined for the whole file. This includes requests for several ranges, and for a range of a
 * file that has changed.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-range
 */
export function requestedRange(
  { HTTP_RANGE: range, HTTP_IF_RANGE: condition }: Environ,
  size: number,
  { etag, modifiedAt }: Validators,
): ByteRange | 'unsatisfiable' | undefined {
  const match = range === undefined ? null : RANGE.exec(range);
  if (match === null) return undefined;
  if (condition !== undefined) {
    const isSame = condition.startsWith('"') ? condition === etag : seconds(condition) === modifiedAt;
    if (!isSame) return undefined;
  }
  const [, first, last, suffix] = match;
  if (suffix !== undefined) {
    const length = Math.min(Number(suffix), size);
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size - 1 };
  }
  const start = Number(first);
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && Number(last) < start) return undefined; // The range is invalid, so it is ignored.
  return start >= size ? 'unsatisfiable' : { start, end };
}

function lists(header: string, etag: string, isWeakEnough: boolean): boolean {
  if (header.trim() === '*') return true;
  return header
    .split(',')
    .map((tag) => tag.trim())
    .some((tag) => tag === etag || (isWeakEnough && tag === `W/${etag}`));
}

/** NaN for an invalid date. Every comparison with it is false. */
function seconds(date: string): number {
  return Date.parse(date) / 1_000;
}
