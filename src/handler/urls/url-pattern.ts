import type { Params, Route } from './routes/route.ts';

/**
 * Answers the requests of a pattern. The second argument has the parameters of the route and the `kwargs` of `path()`.
 *
 * @throws Errors are answered: `Http404` with 404, `PermissionDenied` with 403, all others with 500.
 */
export type View<ViewParams = object> = (
  request: Request,
  params: ViewParams,
) => Response | Promise<Response>;

/**
 * What `path()` and `rePath()` take beside the route and the view.
 *
 * @example
 * import type { PathOptions } from 'startproject/urls';
 *
 * export const options: PathOptions = { name: 'archive', kwargs: { year: 2026 } };
 */
export interface PathOptions<Kwargs extends object = object> {
  /** For `reverse()`. @default none, so that `reverse()` does not find the pattern */
  readonly name?: string;
  /** More parameters for the view, the same for each request. @default none */
  readonly kwargs?: Kwargs;
}

/** A route and its view or included patterns. Made by `path()` and `rePath()`. */
export class URLPattern {
  readonly route: Route;
  // The view's own parameters are checked where the pattern is made; a list has patterns of all kinds.
  readonly target: View<never> | IncludedURLs;
  readonly name: string | undefined;
  readonly kwargs: Params;
  /** Its stack has the line that made the pattern. V8 formats it when it is read. */
  readonly origin = new Error('A pattern was made.');

  constructor(route: Route, target: View<never> | IncludedURLs, { name, kwargs }: PathOptions) {
    this.route = route;
    this.target = target;
    this.name = name;
    this.kwargs = { ...kwargs };
  }
}

/** Patterns to be set below a route by `path()`. Made by `include()`. */
export class IncludedURLs {
  readonly source: string | object;
  readonly namespace: string | undefined;

  constructor(source: string | object, namespace: string | undefined) {
    this.source = source;
    this.namespace = namespace;
  }
}
