import type { WSGIApplication } from '../wsgi/types.ts';
import type { Failure } from './messages.ts';

const NOTE =
  'Nothing needs to be restarted: once the mistake is mended and saved, the next request is answered.';

/** Serves, whatever is asked, why the site could not be loaded. */
export function failureApplication(failure: Failure): WSGIApplication {
  return async function siteFailedToLoad(environ, startResponse) {
    const { renderErrorPage } = await import('../handler/debug/index.ts');
    const html = environ.HTTP_ACCEPT?.includes('text/html') ?? false;
    const page = renderErrorPage({ ...failure, title: 'The site could not be loaded', note: NOTE }, { html });
    const body = new TextEncoder().encode(page);
    startResponse('500 Internal Server Error', [
      ['Content-Type', `text/${html ? 'html' : 'plain'}; charset=utf-8`],
      ['Content-Length', String(body.length)],
      ['Cache-Control', 'no-store'],
    ]);
    return [body];
  };
}
