import type { ResponseRecord } from '../servers/response-record.ts';
import { clientOf } from '../wsgi/environ/client-presence.ts';
import type { LoggedRequest } from './request-line.ts';

/** Longer targets are cut, since the target of a refused request may have any length. */
const SHOWN_TARGET_LENGTH = 4_096;

/**
 * The data of a response that runserver logs. This is a file of its own, since the process that prints the log does not
 * load a server.
 */
export function loggedRequest(record: ResponseRecord, error?: string): LoggedRequest {
  const { method, target, httpVersion, status, bytes, durationMs, isAborted, environ } = record;
  const isClientGone = environ !== undefined && clientOf(environ)?.isDisconnected === true;
  return {
    method,
    target: target.length > SHOWN_TARGET_LENGTH ? `${target.slice(0, SHOWN_TARGET_LENGTH)}…` : target,
    httpVersion,
    status,
    bytes,
    durationMs,
    ...(isAborted && { brokenOffBy: isClientGone ? 'client' : 'server' }),
    ...(error !== undefined && { error }),
  };
}
