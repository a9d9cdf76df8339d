import type { Params, Route } from './routes/route.ts';

/** Answers the requests of a pattern. The second argument has what the route took from the path. */
export type View<ViewParams = object> = (
  request: Request,
  params: ViewParams,
) => Response | Promise<Response>;

export interface PathOptions<Kwargs extends object = object> {
  /** For `reverse()`. */
  readonly name?: string;
  /** More parameters for the view, always these. */
  readonly kwargs?: Kwargs;
}

/** A route and what answers there. Made by `path()` and `rePath()`. */
export class URLPattern {
  readonly route: Route;
  // The view's own parameters are checked where the pattern is made; a list has patterns of all kinds.
  readonly target: View<never> | IncludedURLs;
  readonly name: string | undefined;
  readonly kwargs: Params;

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
