export { Http404, PermissionDenied } from '../errors/exceptions.ts';
export type * from './converter-types.ts';
export { type IncludeOptions, include } from './include.ts';
export type { MethodViews } from './method-views.ts';
export { path, rePath } from './path.ts';
export { NoReverseMatch, reverse } from './reverse.ts';
export { type Converter, registerConverter } from './routes/converters.ts';
export type { RouteParams } from './routes/route-params.ts';
export type { IncludedURLs, PathOptions, URLPattern, View } from './url-pattern.ts';
