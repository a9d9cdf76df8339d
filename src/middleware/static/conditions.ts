import type { Environ } from '../../wsgi/types.ts';

/** What a condition of a request is about. */
interface Validators {
  readonly etag: string;
  /** In whole seconds, as the header has it. */
  readonly modifiedAt: number;
}

/** The bytes of a part, the last one included. */
interface ByteRange {
  readonly start: number;
  readonly end: number;
}

const RANGE = /^bytes=(?:(\d+)-(\d*)|-(\d+))$/i;

/**
 * The status that the conditions of a request call for, in their order; undefined to send the file.
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
 * The part that is asked for; undefined for all of it, as where several are asked for, and where the file has changed since.
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
  if (last !== '' && Number(last) < start) return undefined; // no range at all
  return start >= size ? 'unsatisfiable' : { start, end };
}

function lists(header: string, etag: string, isWeakEnough: boolean): boolean {
  if (header.trim() === '*') return true;
  return header
    .split(',')
    .map((tag) => tag.trim())
    .some((tag) => tag === etag || (isWeakEnough && tag === `W/${etag}`));
}

/** NaN for what is not a date, which compares with nothing. */
function seconds(date: string): number {
  return Date.parse(date) / 1_000;
}
