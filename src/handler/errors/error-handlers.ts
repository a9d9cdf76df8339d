import { ImproperlyConfigured } from '../../errors.ts';
import { quote } from '../../text/quote.ts';

/**
 * Answers in place of the plain page for a status when DEBUG is false. A URLconf exports it as `handler400`,
 * `handler403`, `handler404`, `handler413`, `handler500` or `handler501`. What it throws is answered by the plain page.
 *
 * @example
 * import { Response } from 'startproject/http';
 * import type { ErrorHandler } from 'startproject/wsgi';
 *
 * export const handler404: ErrorHandler = (request) =>
 *   new Response(`There is no ${new URL(request.url).pathname}`, { status: 404 });
 */
export type ErrorHandler = (request: Request, error: unknown) => Response | Promise<Response>;

const ERROR_STATUSES = [400, 403, 404, 413, 500, 501] as const;
export type ErrorStatus = (typeof ERROR_STATUSES)[number];

/** Takes `handler400` to `handler500` out of what a URLconf exports. */
export function errorHandlersOf(
  exports: Readonly<Record<string, unknown>>,
  shown: string,
): Partial<Record<ErrorStatus, ErrorHandler>> {
  const handlers: Partial<Record<ErrorStatus, ErrorHandler>> = {};
  for (const status of ERROR_STATUSES) {
    const handler = exports[`handler${status}`];
    if (handler === undefined) continue;
    if (typeof handler !== 'function') {
      throw new ImproperlyConfigured(
        `handler${status} in ${shown} must be a function, found ${quote(handler)}.`,
        {
          hint: `Write: export function handler${status}(request: Request): Response { … }`,
        },
      );
    }
    handlers[status] = handler as ErrorHandler;
  }
  return handlers;
}
