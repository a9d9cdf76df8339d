import type { WSGIApplication } from '../../wsgi/types.ts';

const BODY = Buffer.from('The server is busy. Try again in a moment.\n');

/** After how many seconds a client may try again. */
const RETRY_AFTER = '5';

/** Answers each request with 503. */
export const refuseAll: WSGIApplication = (_environ, startResponse) => {
  startResponse('503 Service Unavailable', [
    ['Content-Type', 'text/plain; charset=utf-8'],
    ['Content-Length', String(BODY.length)],
    ['Retry-After', RETRY_AFTER],
    ['Cache-Control', 'no-store'],
  ]);
  return [BODY];
};
