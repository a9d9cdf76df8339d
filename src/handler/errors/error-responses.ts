import type { LoadedSettings } from '../../conf/load.ts';
import { isError, readText } from '../../text/thrown-text.ts';
import { encodePath } from '../../web/path-encoding.ts';
import { BadRequest, MethodNotImplemented } from '../../web/request/bad-request.ts';
import { isClientError } from '../../web/request/client-errors.ts';
import { checkResponse } from '../../web/response/check-response.ts';
import { clientOf } from '../../wsgi/environ/client-presence.ts';
import { ClientDisconnected, isAbort } from '../../wsgi/errors.ts';
import type { Environ } from '../../wsgi/types.ts';
import { Response } from '../http/index.ts';
import type { RequestContext } from '../request-context.ts';
import { gotRequestException } from '../signals.ts';
import type { URLconf } from '../urls/urlconf.ts';
import { viewPhrase } from '../urls/view-names.ts';
import { chainText } from './error-chain.ts';
import type { ErrorStatus } from './error-handlers.ts';
import { logError, logLine } from './error-log.ts';
import {
  DisallowedHost,
  Http404,
  PermissionDenied,
  RequestDataTooBig,
  SuspiciousOperation,
  UnmatchedPath,
} from './exceptions.ts';
import { areDebugPagesOn, factsRule } from './page-access.ts';
import { plainPage } from './plain-pages.ts';

/** The request in which an error was thrown; undefined when no `Request` could be made. */
interface FailedRequest {
  readonly context: RequestContext;
  readonly request: Request | undefined;
}

/** Converts errors of views and middleware to responses: pages for the developer, or for the public. */
export class ErrorResponses {
  readonly #settings: LoadedSettings;
  readonly #urlconf: URLconf;
  readonly #maySeeFacts: (environ: Environ) => boolean;

  constructor(settings: LoadedSettings, urlconf: URLconf) {
    this.#settings = settings;
    this.#urlconf = urlconf;
    this.#maySeeFacts = factsRule(settings.values);
  }

  /** The response for an error. It never throws. */
  async respond(error: unknown, failed: FailedRequest): Promise<Response> {
    const status = hasLeft(error, failed) ? 400 : statusOf(error);
    try {
      await report(error, status, failed);
      return await this.#page(error, status, failed);
    } catch (second) {
      await report(second, 500, failed);
      return plainPage(500);
    }
  }

  async #page(error: unknown, status: ErrorStatus, failed: FailedRequest): Promise<Response> {
    const handler = this.#urlconf.errorHandlers[status];
    const isOwnPage = status === 501 || (status === 403 && handler !== undefined);
    if (areDebugPagesOn(this.#settings.values) && !isOwnPage) {
      const { environ, path, called } = failed.context;
      if (!this.#maySeeFacts(environ)) {
        // The message contains only what the client has sent.
        return error instanceof DisallowedHost ? plainPage(status, error.message) : plainPage(status);
      }
      if (!hasNodeModules()) return stackPage(error, status);
      const { debugPage } = await import('../debug/debug-page.ts');
      const circumstances = { environ, path, called, settings: this.#settings, urlconf: this.#urlconf };
      return debugPage(error, status, circumstances);
    }
    if (!handler || !failed.request) return plainPage(status);
    return checkResponse(await handler(failed.request, error), `handler${status}`);
  }
}

/** The technical pages read files and inspect values, which needs Node's modules. */
function hasNodeModules(): boolean {
  return globalThis.process?.getBuiltinModule?.('node:fs') !== undefined;
}

function stackPage(error: unknown, status: ErrorStatus): Response {
  const text = chainText(error);
  return new Response(`${text}\n`, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } });
}

/** Whether an error was caused by the client's disconnect, which aborts the signal of the request. */
function hasLeft(error: unknown, { context }: FailedRequest): boolean {
  return clientOf(context.environ)?.isDisconnected === true && isAbort(error);
}

function statusOf(error: unknown): ErrorStatus {
  if (!isError(error)) return 500;
  if (error instanceof Http404) return 404;
  if (error instanceof PermissionDenied) return 403;
  if (error instanceof RequestDataTooBig) return 413;
  if (isClientError(error)) return 400;
  // The client cannot receive this response. With status 400, the error is not logged as one of the site.
  if (error instanceof MethodNotImplemented) return 501;
  if (error instanceof BadRequest || error instanceof ClientDisconnected) return 400;
  return 500;
}

/** The log line for a response that is not an error of the site: the thrown message, if there is one. */
function refusalLine(error: unknown, environ: Environ): string | undefined {
  if (!isError(error) || error instanceof UnmatchedPath) return undefined;
  const message = readText(error, 'message');
  if (error instanceof SuspiciousOperation) return message;
  const isRefusal =
    error instanceof Http404 || error instanceof PermissionDenied || error instanceof BadRequest;
  if (!isRefusal || error instanceof MethodNotImplemented || message === '') return undefined;
  return `${error.name} at ${encodePath(environ.PATH_INFO ?? '')}: ${message}`;
}

async function report(
  error: unknown,
  status: ErrorStatus,
  { context, request }: FailedRequest,
): Promise<void> {
  const { application, environ } = context;
  if (status !== 500) {
    const line = refusalLine(error, environ);
    if (line !== undefined) logLine(environ, line);
    return;
  }
  // Only an Error has a stack. For another value the log names the view.
  const where = context.called && !isError(error) ? `, in the ${viewPhrase(context.called)}` : '';
  logError(environ, `Error 500 at ${encodePath(environ.PATH_INFO ?? '')}${where}`, error);
  for (const failure of await gotRequestException.sendRobust({
    sender: application.sender,
    environ,
    request,
    error,
  })) {
    logError(environ, 'A receiver of gotRequestException failed:', failure);
  }
}
