import type { ResponseRecord } from '../servers/response-record.ts';
import { clfDate, clockTime } from '../text/local-time.ts';
import { quotedText } from '../wsgi/printable.ts';

/** Why a line has its colour. Django's are, in this order: bold, none, cyan, green, yellow, bold red, bold magenta. */
export type AccessRole =
  | 'informational'
  | 'success'
  | 'not-modified'
  | 'redirect'
  | 'not-found'
  | 'client-error'
  | 'server-error';

export interface AccessLine {
  /** `[22/Nov/2026 08:00:00]`, which is not coloured. */
  readonly time: string;
  /** `"GET / HTTP/1.1" 200 12` */
  readonly message: string;
  readonly role: AccessRole;
}

/** Longer targets are cut: those of refused requests may have any length. */
const SHOWN_TARGET_LENGTH = 4_096;

type RequestLineFacts = Pick<ResponseRecord, 'method' | 'target' | 'httpVersion' | 'status' | 'bytes'>;

/** The line of Django's request log for a response, in parts. `now` is shown in local time. */
export function formatAccess(
  { method, target, httpVersion, status, bytes }: RequestLineFacts,
  now: Date,
): AccessLine {
  const shown = target.length > SHOWN_TARGET_LENGTH ? `${target.slice(0, SHOWN_TARGET_LENGTH)}…` : target;
  const requestLine = quotedText(`${method} ${shown} HTTP/${httpVersion}`);
  return { time: formatTime(now), message: `"${requestLine}" ${status} ${bytes}`, role: roleOf(status) };
}

export function roleOf(status: number): AccessRole {
  if (status === 304) return 'not-modified';
  if (status === 404) return 'not-found';
  if (status >= 100 && status < 200) return 'informational';
  if (status >= 200 && status < 300) return 'success';
  if (status >= 300 && status < 400) return 'redirect';
  return status >= 400 && status < 500 ? 'client-error' : 'server-error';
}

/** `[22/Nov/2026 08:00:00]`, in local time. */
export function formatTime(now: Date): string {
  return `[${clfDate(now)} ${clockTime(now)}]`;
}
