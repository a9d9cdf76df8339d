import { ImproperlyConfigured } from '../../errors.ts';
import { quote } from '../../text/quote.ts';

/** Answers in place of the plain page for a status, when DEBUG is off: `handler404` of the URLconf. */
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
