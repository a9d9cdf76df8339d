import type { Converter } from './converters.ts';

export type Params = Readonly<Record<string, unknown>>;

/** What is left of a path after a route, and the values that the route took from it. */
export interface RouteMatch {
  readonly rest: string;
  readonly params: Params;
}

export interface RouteParameter {
  readonly name: string;
  readonly converter: Converter;
}

/** One piece after the other, literal text or a parameter: what `reverse()` puts together. */
export type RoutePart = string | RouteParameter;

/** The text or expression of one pattern, ready to match. */
export interface Route {
  /** As it was written. */
  readonly text: string;
  /** The ways to write a path that matches, for `reverse()`, which takes the first that its parameters fit. */
  readonly forms: readonly (readonly RoutePart[])[];
  /** False for an expression with alternatives, which has no forms to speak of. */
  readonly isReversible: boolean;
  /** What was given to `rePath()`; undefined for the route of a `path()`. */
  readonly regex: RegExp | undefined;
  /** Matches the whole of a path, or what it begins with. */
  readonly match: Match;
}

export type Match = (path: string, extent: 'whole' | 'start') => RouteMatch | undefined;

/** The texts of the parameters and where they end, of a path that matches. */
export type FindTexts = (
  path: string,
  extent: 'whole' | 'start',
) => { readonly texts: readonly string[]; readonly end: number } | undefined;
