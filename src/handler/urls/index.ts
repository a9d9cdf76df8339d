export { Http404, PermissionDenied } from '../errors/exceptions.ts';
export { type IncludedURLs, type IncludeOptions, include } from './include.ts';
export { type PathOptions, path, rePath, type URLPattern, type View } from './path.ts';
export { NoReverseMatch, reverse } from './reverse.ts';
export { type Converter, registerConverter } from './routes/converters.ts';
export type { RouteParams } from './routes/route-params.ts';

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
