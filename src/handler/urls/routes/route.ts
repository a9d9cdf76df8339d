import type { Converter } from './converters.ts';

export type Params = Readonly<Record<string, unknown>>;

/** The rest of a path after a route, and the values of the route's parameters. */
interface RouteMatch {
  readonly rest: string;
  readonly params: Params;
}

export interface RouteParameter {
  readonly name: string;
  readonly converter: Converter;
}

/** The pieces of a path in order, literal text or a parameter, which `reverse()` joins. */
export type RoutePart = string | RouteParameter;

/** The text or expression of one pattern, ready to match. */
export interface Route {
  /** The route as written. */
  readonly text: string;
  /** The forms of a matching path, for `reverse()`, which takes the first one with the given parameters. */
  readonly forms: readonly (readonly RoutePart[])[];
  /** False for an expression with alternatives, whose forms are unknown. */
  readonly isReversible: boolean;
  /** The argument of `rePath()`; undefined for the route of a `path()`. */
  readonly regex: RegExp | undefined;
  /** Matches a whole path, or its beginning. */
  readonly match: Match;
}

export type Match = (path: string, extent: 'whole' | 'start') => RouteMatch | undefined;

/** Finds the texts of the parameters and their ends in a matching path. */
export type FindTexts = (
  path: string,
  extent: 'whole' | 'start',
) => { readonly texts: readonly string[]; readonly end: number } | undefined;
