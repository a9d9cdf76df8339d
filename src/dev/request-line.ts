import type { ResponseRecord } from '../servers/response-record.ts';
import { clfDate, clockTime } from '../text/local-time.ts';
import { quotedText } from '../wsgi/printable.ts';

/** The parts of a request line. */
export type RequestLine = Pick<ResponseRecord, 'method' | 'target' | 'httpVersion'>;

/** The log entry of a request. The target is shortened. */
export interface LoggedRequest extends RequestLine, Pick<ResponseRecord, 'status' | 'bytes' | 'durationMs'> {
  /**
   * `client` when the client disconnected before the end of the response, `server` when the server could not complete
   * it.
   */
  readonly brokenOffBy?: 'client' | 'server' | undefined;
  /** The text that the request wrote to `wsgi.errors`, if it is a part of the log entry. */
  readonly error?: string | undefined;
}

/**
 * The kind of a response, for its colour. The colours are Django's, in this order: bold, none, cyan, green, yellow,
 * bold red, bold magenta.
 */
export type AccessRole =
  | 'informational'
  | 'success'
  | 'not-modified'
  | 'redirect'
  | 'not-found'
  | 'client-error'
  | 'server-error'
  | 'disconnect';

interface AccessLine {
  /** `"GET / HTTP/1.1" 200 12` */
  readonly message: string;
  /** ` in 3 ms`, shown dimmed. */
  readonly duration: string;
  readonly role: AccessRole;
}

/** The parts of a line in the format of Django's request log, and the duration. The time comes before the line. */
export function formatAccess(request: LoggedRequest): AccessLine {
  const { method, target, httpVersion, status, bytes, durationMs, brokenOffBy } = request;
  const requestLine = quotedText(`${method} ${target} HTTP/${httpVersion}`);
  const duration = formatDuration(durationMs);
  return {
    message: `"${requestLine}" ${status || '-'} ${bytes}`,
    duration: brokenOffBy ? ` in ${duration}, ${ENDINGS[brokenOffBy]}` : ` in ${duration}`,
    role: brokenOffBy === 'client' ? 'disconnect' : roleOf(status),
  };
}

const ENDINGS = { client: 'disconnected', server: 'broken off' } as const;

export function roleOf(status: number): AccessRole {
  if (status === 304) return 'not-modified';
  if (status === 404) return 'not-found';
  if (status >= 100 && status < 200) return 'informational';
  if (status >= 200 && status < 300) return 'success';
  if (status >= 300 && status < 400) return 'redirect';
  return status >= 400 && status < 500 ? 'client-error' : 'server-error';
}

/** `0.4 ms`, `21 ms`, `1.5 s` */
export function formatDuration(ms: number): string {
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(1)} s`;
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}

/** `[22/Nov/2026 08:00:00]`, in local time. */
export function formatTime(now: Date): string {
  return `[${clfDate(now)} ${clockTime(now)}]`;
}
