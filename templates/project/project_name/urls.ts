/**
 * URLs of {{ project_name }}: which view answers which path.
 *
 * A view takes a web-standard Request and returns a web-standard Response:
 *
 *   import { Response } from 'startproject/http';
 *   import { path, type URLPattern } from 'startproject/urls';
 *
 *   const home = (request: Request) => new Response(`Hello from ${request.url}`);
 *
 * Values in a path reach the view with their types: path('articles/<int:year>/', archive)
 * calls archive(request, { year: 2026 }).
 *
 * A page links to a file of static/ by staticUrl('site.css'), from 'startproject/static'.
 */
import type { URLPattern } from 'startproject/urls';

export const urlpatterns: URLPattern[] = [
  // path('', home),
];
