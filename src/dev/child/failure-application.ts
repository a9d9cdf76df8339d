import { type AccessSettings, factsRule } from '../../handler/errors/page-access.ts';
import { renderPlainPage } from '../../handler/errors/plain-pages.ts';
import { acceptsHtml } from '../../web/request/accepts-html.ts';
import type { Failure } from '../../worker/messages.ts';
import type { Environ, WSGIApplication } from '../../wsgi/types.ts';

const TITLE = 'The site could not be loaded';
const NOTE =
  'Nothing needs to be restarted: once the mistake is fixed and saved, the next request is answered.';
const NO_FACTS = 'The terminal of the server shows the reason.';

/**
 * Creates an application that answers every request with the reason why the site could not be loaded.
 *
 * @param access The settings that are known so far.
 */
export function failureApplication(failure: Failure, access: AccessSettings): WSGIApplication {
  const maySeeFacts = factsRule(access);

  return async function siteFailedToLoad(environ, startResponse) {
    const html = acceptsHtml(environ.HTTP_ACCEPT);
    const page = maySeeFacts(environ) ? await renderFailure(failure, html, environ) : renderShort(html);
    const body = new TextEncoder().encode(page);
    startResponse('500 Internal Server Error', [
      ['Content-Type', `text/${html ? 'html' : 'plain'}; charset=utf-8`],
      ['Content-Length', String(body.length)],
      ['Cache-Control', 'no-store'],
    ]);
    return [body];
  };
}

async function renderFailure(failure: Failure, html: boolean, environ: Environ): Promise<string> {
  const { renderErrorPage } = await import('../../handler/debug/error-page.ts');
  // In a text, the message already begins with the place.
  const page = html ? failure : { ...failure, location: undefined };
  return renderErrorPage({ ...page, title: TITLE, note: NOTE, environ }, { html });
}

function renderShort(html: boolean): string {
  return html ? renderPlainPage(TITLE, NO_FACTS) : `${TITLE}\n\n${NO_FACTS}\n`;
}
