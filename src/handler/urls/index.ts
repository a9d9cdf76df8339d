export { Http404, PermissionDenied } from '../exceptions.ts';
export { type Converter, registerConverter } from './converters.ts';
export { type IncludedURLs, type IncludeOptions, include } from './include.ts';
export { type PathOptions, path, rePath, type URLPattern, type View } from './path.ts';
export { NoReverseMatch, reverse } from './reverse.ts';
export type { RouteParams } from './route-params.ts';

/**
 * What each converter makes of its text. Declare those that you register, so that views get their types.
 *
 * @example
 * declare module 'startproject/urls' {
 *   interface ConverterTypes {
 *     date: Date;
 *   }
 * }
 */
export interface ConverterTypes {
  int: number;
  str: string;
  slug: string;
  uuid: string;
  path: string;
}
