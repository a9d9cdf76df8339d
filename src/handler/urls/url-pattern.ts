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
 * The options of `path()` and `rePath()`.
 *
 * @example
 * import type { PathOptions } from 'startproject/urls';
 *
 * export const options: PathOptions = { name: 'archive', kwargs: { year: 2026 } };
 */
export interface PathOptions<Kwargs extends object = object> {
  /** The name for `reverse()`. @default none, so that `reverse()` does not find the pattern */
  readonly name?: string;
  /** Additional parameters for the view, the same for each request. @default none */
  readonly kwargs?: Kwargs;
}

/** A route and its view or included patterns. Made by `path()` and `rePath()`. */
export class URLPattern {
  readonly route: Route;
  // The type of the view's parameters is checked where the pattern is made. In a list, patterns have different types.
  readonly target: View<never> | IncludedURLs;
  readonly name: string | undefined;
  readonly kwargs: Params;
  /** Its stack has the line that made the pattern. V8 formats the stack only when it is read. */
  readonly origin = new Error('A pattern was made.');

  constructor(route: Route, target: View<never> | IncludedURLs, { name, kwargs }: PathOptions) {
    this.route = route;
    this.target = target;
    this.name = name;
    this.kwargs = { ...kwargs };
  }
}

/** Patterns for a `path()` that includes them. Made by `include()`. */
export class IncludedURLs {
  readonly source: string | object;
  readonly namespace: string | undefined;

  constructor(source: string | object, namespace: string | undefined) {
    this.source = source;
    this.namespace = namespace;
  }
}
