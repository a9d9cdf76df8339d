import { activeSettings } from '../../conf/active.ts';
import { hashedName } from '../../middleware/static/hashed-name.ts';
import { currentApplication } from '../urls/reverse.ts';

/**
 * The URL of a static file, below STATIC_URL and the path at which the site is mounted. In production (`DEBUG` off) it contains a hash
 * of the content: browsers keep the file for a year, and load it again when it changes. Call it in a view, after the
 * application was made. A file that does not exist, or is larger than 16 MiB, has no hash.
 *
 * @param name The path in the folder, with slashes: `css/site.css`. A query or fragment behind it stays.
 * @throws {TypeError} for a name with a slash in front.
 *
 * @example
 * import { Response } from 'startproject/http';
 * import { staticUrl } from 'startproject/static';
 *
 * export const home = () =>
 *   new Response(`<link rel="stylesheet" href="${staticUrl('site.css')}"><h1>Hello</h1>`, {
 *     headers: { 'content-type': 'text/html; charset=utf-8' },
 *   });
 */
export function staticUrl(name: string): string {
  if (name.startsWith('/')) {
    throw new TypeError(
      `staticUrl() takes the path in a folder of STATICFILES_DIRS: 'site.css'. Found '${name}'.`,
    );
  }
  const { STATIC_URL: base, DEBUG: isDebug } = activeSettings.current('STATIC_URL').values;
  const current = currentApplication();
  const end = /[?#]|$/.exec(name)!.index;
  const [file, rest] = [name.slice(0, end), name.slice(end)];
  const hash = isDebug ? undefined : current?.application.files?.folders.hashOf(file);
  const path = encodeURI(hash === undefined ? file : hashedName(file, hash)) + rest;
  return base.includes('://') ? base + path : `${current?.mount ?? ''}/${base.replace(/^\//, '')}${path}`;
}
