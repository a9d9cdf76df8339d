import { readText } from '../../text/thrown-text.ts';
import { acceptsHtml } from '../../web/request/accepts-html.ts';
import type { ErrorStatus } from '../errors/error-handlers.ts';
import { UnmatchedPath } from '../errors/exceptions.ts';
import { Response } from '../http/index.ts';
import { exceptionPage } from './exception-page.ts';
import { reportException } from './exception-report.ts';
import { exceptionText } from './exception-text.ts';
import { notFoundPage, notFoundText, reportNotFound } from './not-found-page.ts';
import type { DebugCircumstances } from './request-facts.ts';

/**
 * Allows only the parts of the page: its style, the script of live pages, the button that opens an editor. If the
 * site's middleware adds a policy to responses without one, the page stays readable.
 */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; " +
  "form-action 'self'; base-uri 'none'; frame-ancestors 'self'";

/** The technical page for an error: HTML for a browser, text for everything else. */
export function debugPage(error: unknown, status: ErrorStatus, circumstances: DebugCircumstances): Response {
  const { environ } = circumstances;
  const isHtml = acceptsHtml(environ.HTTP_ACCEPT);
  const page =
    status === 404 ? describe404(error, circumstances, isHtml) : describe500(error, circumstances, isHtml);
  const headers: Record<string, string> = isHtml
    ? { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY }
    : { 'content-type': 'text/plain; charset=utf-8' };
  return new Response(page, { status, headers });
}

function describe404(error: unknown, circumstances: DebugCircumstances, isHtml: boolean): string {
  const message = error instanceof UnmatchedPath ? '' : readText(error as Error, 'message');
  const report = reportNotFound({ ...circumstances, message });
  return isHtml ? notFoundPage(report) : notFoundText(report);
}

function describe500(error: unknown, circumstances: DebugCircumstances, isHtml: boolean): string {
  const report = reportException(error, circumstances);
  return isHtml ? exceptionPage(report) : exceptionText(report);
}
