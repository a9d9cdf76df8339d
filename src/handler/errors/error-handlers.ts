import { settingError } from '../../conf/setting-error.ts';
import { quote } from '../../text/quote.ts';

/**
 * Makes the page for a status while DEBUG is false; `handler403` also while DEBUG is true. A URLconf exports it as
 * `handler400`, `handler403`, `handler404`, `handler413` or `handler500`. If it throws, the plain page is sent.
 *
 * @example
 * import { Response } from 'startproject/http';
 * import type { ErrorHandler } from 'startproject/wsgi';
 *
 * export const handler404: ErrorHandler = (request) =>
 *   new Response(`There is no ${new URL(request.url).pathname}`, { status: 404 });
 */
export type ErrorHandler = (request: Request, error: unknown) => Response | Promise<Response>;

const HANDLED_STATUSES = [400, 403, 404, 413, 500] as const;
/** 501 is for methods that a Request cannot have, so no handler can be called. */
export type ErrorStatus = (typeof HANDLED_STATUSES)[number] | 501;

interface HandlerSource {
  readonly exports: Readonly<Record<string, unknown>>;
  /** The name in messages. */
  readonly shown: string;
  readonly file: string | undefined;
}

/** Selects `handler400` to `handler500` from the exports of a URLconf. */
export async function errorHandlersOf({
  exports,
  shown,
  file,
}: HandlerSource): Promise<Partial<Record<ErrorStatus, ErrorHandler>>> {
  const handlers: Partial<Record<ErrorStatus, ErrorHandler>> = {};
  for (const status of HANDLED_STATUSES) {
    const handler = exports[`handler${status}`];
    if (handler === undefined) continue;
    if (typeof handler !== 'function') {
      throw await settingError(file, {
        setting: `handler${status}`,
        message: `handler${status} in ${shown} must be a function, found ${quote(handler)}.`,
        hint:
          typeof handler === 'string'
            ? 'A dotted path is not enough here: import the function, and export it by this name.'
            : `Write: export function handler${status}(request: Request): Response { … }`,
      });
    }
    handlers[status] = handler as ErrorHandler;
  }
  return handlers;
}
