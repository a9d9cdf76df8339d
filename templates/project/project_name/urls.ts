/**
 * URLs of {{ project_name }}: the paths of the site, with a view for each.
 *
 * A view is a function. It takes a web-standard Request and returns a web-standard Response:
 *
 *   import { Response } from 'startproject/http';
 *   import { path, type URLPattern } from 'startproject/urls';
 *
 *   const home = (request: Request) => new Response(`Hello from ${request.url}`);
 *
 * A path can have parameters with types: path('articles/<int:year>/', archive) calls
 * archive(request, { year: 2026 }).
 *
 * To link to a file in static/, use staticUrl('site.css') from 'startproject/static'.
 */
import type { URLPattern } from 'startproject/urls';

export const urlpatterns: URLPattern[] = [
  // path('', home),
];
