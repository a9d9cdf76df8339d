import { Response } from '../http/index.ts';
import type { ErrorStatus } from './error-handlers.ts';
import { html } from './html.ts';

const PAGES: Readonly<Record<ErrorStatus, readonly [title: string, text: string]>> = {
  400: ['Bad Request', 'The server could not understand the request.'],
  403: ['Forbidden', 'You are not allowed to see this page.'],
  404: ['Not Found', 'There is no page at this address.'],
  413: ['Content Too Large', 'The request is larger than the server is willing to process.'],
  500: ['Server Error', 'The server could not answer the request.'],
  501: ['Not Implemented', 'The server does not support this method.'],
};

/**
 * The error page for visitors of a public site. It names the status, and no fact of the site.
 *
 * @param text Replaces the usual text.
 */
export function plainPage(status: ErrorStatus, text?: string): Response {
  const [title, usual] = PAGES[status];
  const page = renderPlainPage(title, text ?? usual);
  return new Response(page, { status, headers: { 'content-type': 'text/html; charset=utf-8' } });
}

export function renderPlainPage(title: string, text: string): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
</head>
<body>
<main>
<h1>${title}</h1>
<p>${text}</p>
</main>
</body>
</html>
`.text;
}
