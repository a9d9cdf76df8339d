import type { LoadedSettings } from '../../conf/load.ts';
import { readText } from '../../text/thrown-text.ts';
import { acceptsHtml } from '../../web/request/accepts-html.ts';
import type { Environ } from '../../wsgi/types.ts';
import type { ErrorStatus } from '../errors/error-handlers.ts';
import { Response } from '../http/index.ts';
import type { URLconf } from '../urls/urlconf.ts';
import { exceptionPage } from './exception-page.ts';
import { reportException } from './exception-report.ts';
import { exceptionText } from './exception-text.ts';
import { notFoundPage, notFoundText, reportNotFound } from './not-found-page.ts';

export interface DebugCircumstances {
  readonly environ: Environ;
  /** The path below the mount point, as text. */
  readonly path: string;
  readonly settings: LoadedSettings;
  readonly urlconf: URLconf;
}

/** The technical page for an error: HTML for a browser, text for everything else. */
export function debugPage(error: unknown, status: ErrorStatus, circumstances: DebugCircumstances): Response {
  const { environ } = circumstances;
  const isHtml = acceptsHtml(environ.HTTP_ACCEPT);
  const page =
    status === 404 ? describe404(error, circumstances, isHtml) : describe500(error, circumstances, isHtml);
  const type = isHtml ? 'text/html' : 'text/plain';
  return new Response(page, { status, headers: { 'content-type': `${type}; charset=utf-8` } });
}

function describe404(error: unknown, circumstances: DebugCircumstances, isHtml: boolean): string {
  const report = reportNotFound({ ...circumstances, message: readText(error as Error, 'message') });
  return isHtml ? notFoundPage(report) : notFoundText(report);
}

function describe500(error: unknown, { environ, settings }: DebugCircumstances, isHtml: boolean): string {
  const report = reportException(error, environ, settings);
  return isHtml ? exceptionPage(report) : exceptionText(report);
}
