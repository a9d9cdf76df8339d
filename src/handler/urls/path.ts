import { ImproperlyConfigured } from '../../errors.ts';
import { quote } from '../../text/quote.ts';
import type { WSGIApplication } from '../../wsgi/types.ts';
import { isWatchable } from '../../wsgi/watchable.ts';
import { checkOptions } from '../check-options.ts';
import { isMethodViews, type MethodViews, methodsView } from './method-views.ts';
import { parseRoute } from './routes/parse-route.ts';
import { regexRoute } from './routes/regex-route.ts';
import type { Route } from './routes/route.ts';
import type { RouteParams } from './routes/route-params.ts';
import { IncludedURLs, type PathOptions, URLPattern, type View } from './url-pattern.ts';

/**
 * A pattern for one route, with parameters in brackets: `<name>`, or `<int:name>` with a converter.
 *
 * @param route Without a slash in front: `articles/<int:year>/`.
 * @param target A view, views by method (`{ GET: list, POST: create }`, see `MethodViews`), or `include()`.
 * @throws {ImproperlyConfigured} for a route that matches no path, and for a target that is not a view.
 * @throws {TypeError} for unknown options.
 *
 * @example
 * import { path } from 'startproject/urls';
 *
 * export const urlpatterns = [
 *   path('articles/<int:year>/', (request, { year }) => new Response(`Articles of ${year}`), { name: 'year' }),
 * ];
 */
export function path<Text extends string, Kwargs extends object = object>(
  route: Text,
  target:
    | View<RouteParams<Text> & NoInfer<Kwargs>>
    | MethodViews<RouteParams<Text> & NoInfer<Kwargs>>
    | IncludedURLs,
  options: PathOptions<Kwargs> = {},
  ...more: readonly never[]
): URLPattern {
  return createPattern('path', parseRoute(route), target, [options, ...more]);
}

/**
 * A pattern with a regular expression. Its named groups are the parameters; their values are strings. Begin it with `^`.
 *
 * @throws as `path()` does.
 *
 * @example
 * import { rePath } from 'startproject/urls';
 *
 * export const urlpatterns = [
 *   rePath(/^articles\/(?<year>[0-9]{4})\/$/, (request, { year }) => new Response(`Articles of ${year}`)),
 * ];
 */
export function rePath<Groups extends object = Readonly<Record<string, string>>>(
  regex: RegExp,
  target: View<Groups> | MethodViews<Groups> | IncludedURLs,
  options: PathOptions = {},
  ...more: readonly never[]
): URLPattern {
  return createPattern('rePath', regexRoute(regex), target, [options, ...more]);
}

function createPattern(
  maker: string,
  route: Route,
  given: View<never> | MethodViews<never> | IncludedURLs,
  rest: readonly [options: PathOptions, ...more: readonly unknown[]],
): URLPattern {
  const call = `${maker}('${route.text}')`;
  const target = isMethodViews(given) ? methodsView(call, given) : given;
  if (typeof target !== 'function' && !(target instanceof IncludedURLs)) {
    throw new ImproperlyConfigured(
      `${call} needs a view or include() as its second argument, found ${quote(target)}.`,
      { hint: 'A view is a function: (request, params) => new Response("Hello").' },
    );
  }
  if (typeof target === 'function' && isWatchable(target as unknown as WSGIApplication)) {
    throw new ImproperlyConfigured(`${call} needs a view as its second argument, found a WSGI application.`, {
      hint: "Mount it beside the site: mount({ '/api': application }, site), with mount from 'startproject/middleware'.",
    });
  }
  const [options] = rest;
  checkOptions(call, { name: 'text', kwargs: 'object' }, rest, usageOf(rest));
  if (target instanceof IncludedURLs && options.name !== undefined) {
    throw new TypeError(
      `${call} with include() cannot have a name, found ${quote(options.name)}. ` +
        `Name the included patterns, and write include(…, { namespace: ${quote(options.name)} }) to distinguish them.`,
    );
  }
  return new URLPattern(route, target, options);
}

/** The correct form of a call in Django's order of arguments, `path(route, view, kwargs, name)`. */
function usageOf(given: readonly unknown[]): string {
  const name = given.find((value) => typeof value === 'string') ?? 'name';
  const kwargs = Object.entries(typeof given[0] === 'object' ? (given[0] ?? {}) : {})
    .filter(([key]) => key !== 'name' && key !== 'kwargs')
    .map(([key, value]) => `${key}: ${quote(value)}`);
  const shown = kwargs.length === 0 ? 'key: value' : kwargs.join(', ');
  return `{ name: '${name}' } for a name, { kwargs: { ${shown} } } for more parameters, or both in one object`;
}
