export { type FetchContext, type FetchHandler, type FromFetchOptions, fromFetch } from './from-fetch.ts';
export { type ToFetchOptions, toFetch } from './to-fetch.ts';
