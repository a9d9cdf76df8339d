import type { StaticFilesOptions } from '../../middleware/static/static-options.ts';
import type { StaticSite } from '../../middleware/static/static-site.ts';
import type { WSGIApplication } from '../../wsgi/types.ts';
import { watchable } from '../../wsgi/watchable.ts';

/**
 * A middleware that serves the files of folders, with ETag, Last-Modified, ranges and compressed siblings (`site.css.br`,
 * `.zst`, `.gz`). Names with the content's hash, as `staticUrl()` makes them, may be cached for a year, others are validated each time. Nothing
 * outside the folders is served, and no hidden file. All other requests go to the application.
 *
 * A site uses the settings STATIC_URL and STATICFILES_DIRS instead. This middleware is for other applications.
 *
 * @throws {TypeError} for a `url` without a slash at both ends.
 * @see https://www.rfc-editor.org/rfc/rfc9110
 *
 * @example
 * import { staticFiles } from 'startproject/static';
 * import { application as site } from './mysite/wsgi.ts';
 *
 * export const application = staticFiles({ url: '/assets/', folders: ['assets'] }, site);
 */
export function staticFiles(options: StaticFilesOptions, application: WSGIApplication): WSGIApplication {
  const { url = '/' } = options;
  if (!url.startsWith('/') || !url.endsWith('/')) {
    throw new TypeError(
      `staticFiles() takes a url with a slash at both ends, such as '/static/'. Found '${url}'.`,
    );
  }
  let files: StaticSite | undefined;
  const inner = watchable(application);

  return async function staticFile(environ, startResponse) {
    files ??= await open(options);
    return files.respond(environ, startResponse, inner);
  };
}

/** Imported at the first request, since runtimes without a file system also import this module. */
async function open(options: StaticFilesOptions): Promise<StaticSite> {
  const { StaticSite } = await import('../../middleware/static/static-site.ts');
  return new StaticSite(options);
}
