import type { ConverterTypes } from '../converter-types.ts';

/** The parameters of a route, from its text: `'articles/<int:year>/'` gives `{ readonly year: number }`. */
export type RouteParams<Route extends string> = string extends Route
  ? // biome-ignore lint/suspicious/noExplicitAny: a route that is put together at run time could have any.
    any
  : Flat<ParamsOf<Route>>;

type ParamsOf<Route extends string> = Route extends `${string}<${infer Param}>${infer Rest}`
  ? ParamOf<Param> & ParamsOf<Rest>
  : unknown;

type ParamOf<Param extends string> = Param extends `${infer Name}:${infer Key}`
  ? { readonly [K in Key]: Converted<Name> }
  : { readonly [K in Param]: string };

type Converted<Name extends string> = Name extends keyof ConverterTypes ? ConverterTypes[Name] : unknown;

/** One object type in place of an intersection, which is easier to read in an editor. */
type Flat<T> = { [K in keyof T]: T[K] };
