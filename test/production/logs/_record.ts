import type { ResponseRecord } from '../../../src/servers/response-record.ts';
import type { Environ } from '../../../src/wsgi/types.ts';

interface Given extends Partial<Omit<ResponseRecord, 'environ' | 'requestHeader' | 'responseHeader'>> {
  readonly environ?: Readonly<Record<string, unknown>>;
  readonly request?: Readonly<Record<string, string>>;
  readonly response?: Readonly<Record<string, string>>;
}

/** The record of a response, for what a test does not say. */
export function recordOf({ environ, request = {}, response = {}, ...given }: Given = {}): ResponseRecord {
  return {
    method: 'GET',
    target: '/a?b=c',
    httpVersion: '1.1',
    status: 200,
    bytes: 12,
    durationMs: 1_234.5678,
    remoteAddress: '127.0.0.1',
    isAborted: false,
    environ: environ as Environ | undefined,
    requestHeader: (name) => request[name],
    responseHeader: (name) => response[name],
    ...given,
  };
}

/** 27 November 2026, 02:30:00 UTC. */
export const NOW = Date.UTC(2026, 10, 27, 2, 30, 0, 123);
